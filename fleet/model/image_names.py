"""Names of images: the grammar of references that registries and daemons take.

Grammar: github.com/distribution/reference v0.6.0, regexp.go and reference.go; digests: opencontainers/go-digest.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, StringConstraints, WithJsonSchema

from fleet.model.base import Form
from fleet.source.defaults import DOMAIN
from fleet.source.redaction import shown

DOCKER_HUB = "docker.io"
_DOMAIN_PART = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_HOST = rf"(?P<host>{_DOMAIN_PART}(?:\.{_DOMAIN_PART})*|\[[a-fA-F0-9:]+\])(?::(?P<port>[0-9]+))?"
_PART = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_TAG = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
_DIGEST = "sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128}"
_REFERENCE = re.compile(rf"(?:{_HOST}/)?(?P<path>{_PART}(?:/{_PART})*)(?::(?P<tag>{_TAG}))?(?:@(?P<digest>{_DIGEST}))?")
_IDENTIFIER = re.compile("[a-f0-9]{64}")
"""A daemon would take it for the id of an image."""

_BARE_DIGEST = re.compile(_DIGEST)
"""A daemon would take it for an image's id too, and a registry for the tag of an image called sha256."""

_EMPTY_IMAGE = re.compile(r"(?:(?:index\.)?docker\.io/)?(?:library/)?scratch", re.IGNORECASE)

_PATH_LENGTH_MAX = 255
_LENGTH_MAX = 700
"""Longer than any valid reference, to bound the time of a match."""

_PORT_MAX = 65535
_FORM = "write it in lower case, like ghcr.io/owner/name:1.2, with @sha256:<64 digits> to pin it"


def reference_problem(text: str) -> str | None:
    """Why text is not a reference of an image; None if it is."""
    match = _REFERENCE.fullmatch(text) if len(text) <= _LENGTH_MAX else None
    if match is None:
        return "is not a reference that a registry takes"
    host, path = match["host"] or "", match["path"]
    if host and host != "localhost" and not match["port"] and "." not in host and ":" not in host:
        # A namespace of Docker Hub, such as `library`.
        if host != host.lower():
            return "is not a reference that a registry takes"
        path = f"{host}/{path}"
    if len(path) > _PATH_LENGTH_MAX:
        return f"has a name of more than {_PATH_LENGTH_MAX} characters"
    if match["port"] and not 1 <= int(match["port"]) <= _PORT_MAX:
        return f"has no port from 1 to {_PORT_MAX}"
    if _IDENTIFIER.fullmatch(text) or _BARE_DIGEST.fullmatch(text):
        return "is the id of an image, not its name"
    if _EMPTY_IMAGE.fullmatch(f"{match['host']}/{match['path']}" if match["host"] else match["path"]):
        return "is Docker's word for no image, which nothing can pull or run"
    return None


def host_of(reference: str) -> str:
    """Host of an image's registry, with its port; docker.io for Docker Hub. Empty if it is no reference."""
    if reference_problem(reference):
        return ""
    first, slash, _ = reference.partition("/")
    return first if slash and (first == "localhost" or any(mark in first for mark in ".:")) else DOCKER_HUB


def _reference(text: str) -> str:
    if problem := reference_problem(text):
        msg = f"{shown(text)} {problem}; {_FORM}"
        raise ValueError(msg)
    return text


def _registry(text: str) -> str:
    host, _, path = text.partition("/")
    is_name = ":" not in path and "@" not in text
    # A name without a dot or port is a namespace of Docker Hub.
    if not is_name or reference_problem(f"{text}/name"):
        msg = f"{shown(text)} is not a registry; write it in lower case without a final /, like ghcr.io/owner"
        raise ValueError(msg)
    if host.lower() == DOMAIN and text != DOMAIN:
        msg = f"{shown(text)} is on no host; write {DOMAIN} for images built on the machine, or name a registry"
        raise ValueError(msg)
    return text


ImageReference = Annotated[
    str, AfterValidator(_reference), WithJsonSchema({"type": "string", "minLength": 1, "maxLength": _LENGTH_MAX})
]
"""`registry/name:tag`, `registry/name@digest` or both."""

Registry = Annotated[
    str, AfterValidator(_registry), WithJsonSchema({"type": "string", "minLength": 1, "maxLength": _PATH_LENGTH_MAX})
]
"""Registry with an optional path."""

Tag = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]*$", max_length=100),
    Form('start it with a letter, digit or underscore, and use letters, digits, ".", "_" and "-", like "0.1.0"'),
]
"""Tag; shorter than the 128 that registries take, since images built on the machine append a digest."""

Digest = Annotated[
    str,
    StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$"),
    Form("write sha256: and 64 hexadecimal digits in lower case"),
]
