"""Value types of how a container's process starts: its time zone and labels."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, StringConstraints

from fleet.model.base import Form
from fleet.source.redaction import shown

_ZONE = r"^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$"
_RESERVED = ("fleet.", "com.docker.compose.")
"""Prefixes of labels that policies and Docker Compose read."""


def _known_zone(text: str) -> str:
    # Programs silently use UTC for a name they do not know. This computer may have no database to look it up.
    if not _exists(text) and _exists("Etc/UTC"):
        msg = f"{shown(text)} is not a time zone; use a name of the IANA database, such as Europe/Berlin"
        raise ValueError(msg)
    return text


def _exists(zone: str) -> bool:
    try:
        return bool(ZoneInfo(zone))
    except (KeyError, ValueError, OSError):
        return False


def _own(key: str) -> str:
    prefix = next((prefix for prefix in _RESERVED if key.startswith(prefix)), None)
    if prefix:
        msg = f"{shown(key)} is reserved: the plan sets labels that start with {prefix}; use another prefix"
        raise ValueError(msg)
    return key


TimeZone = Annotated[
    str,
    StringConstraints(pattern=_ZONE, max_length=64),
    AfterValidator(_known_zone),
    Form("use a name of the IANA database, like Europe/Berlin"),
]
"""Name of a zone in the IANA database, such as Europe/Berlin."""

_DNS = r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?"
OwnLabel = Annotated[
    str,
    StringConstraints(
        pattern=rf"^({_DNS}/)?[A-Za-z0-9]([A-Za-z0-9._-]{{0,61}}[A-Za-z0-9])?$", min_length=1, max_length=253
    ),
    AfterValidator(_own),
    Form("use letters, digits, _, . and -, like traefik.enable, of up to 63 characters; put a domain and / before it"),
]
"""Key of a label that is also valid for an annotation of Kubernetes."""
