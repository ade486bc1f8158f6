"""Logins of private image registries."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from fleet.model.base import Form, Model, Name
from fleet.model.image_names import host_of
from fleet.source.redaction import shown


def _host(text: str) -> str:
    if host_of(f"{text}/name") != text:
        msg = f"{shown(text)} is not a registry's host; write it like ghcr.io or registry.example:5000"
        raise ValueError(msg)
    return text


RegistryHost = Annotated[str, StringConstraints(max_length=255), AfterValidator(_host)]
"""Host of a registry with its port, as images name it; docker.io for Docker Hub."""


class RegistryLogin(Model):
    """A login of a registry, with which a machine pulls images."""

    username: Annotated[
        str,
        StringConstraints(min_length=1, max_length=255, pattern=r"^[^\s:]+$"),
        Form("write it without spaces and colons"),
    ]
    """User name, or the name of a token."""
    secret_name: Name
    """Name of the secret with the password: in the stack's config on Docker; on a cluster, a Secret of registry logins
    in each namespace."""
