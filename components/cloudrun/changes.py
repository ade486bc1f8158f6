"""Which fields of a Google Cloud resource cannot change while it exists. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

_ANYWHERE = ("name", "location", "region", "project")
_OWN: Mapping[str, tuple[str, ...]] = {
    "Account": ("accountId",),
    "Secret": ("secretId", "replication"),
    "Repository": ("repositoryId", "format"),
    "ServiceIdentity": ("service",),
    "SecretVersion": ("secret", "secretData"),
}
"""Kind -> fields of the first level. Of a service of the API (`projects/service`) see below."""

_SERVICES = ("Service", "WorkerPool", "Job")


def replacing(type_: str, fields: Iterable[str]) -> tuple[str, ...]:
    """Those of the changed fields (dotted, camelCase) that replace a resource; none means an update."""
    if not type_.startswith("gcp:"):
        return ()
    kind = type_.rpartition(":")[2]
    if kind.lower().endswith("iammember"):
        # Who may do what is one fact: any part of it is another one.
        return tuple(fields)
    own = ("service",) if type_.startswith("gcp:projects/") else _OWN.get(kind, ())
    return tuple(field for field in fields if field.partition(".")[0] in (*_ANYWHERE, *own))


def makes_a_revision(type_: str, fields: Iterable[str]) -> bool:
    """Whether an update of these fields starts new instances: Cloud Run makes a revision of every new template."""
    ours = type_.startswith("gcp:cloudrunv2/") and type_.rpartition(":")[2] in _SERVICES
    return ours and any(field.partition(".")[0] == "template" for field in fields)
