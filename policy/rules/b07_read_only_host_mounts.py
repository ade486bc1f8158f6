"""B07: a host directory is mounted read-only, unless it is listed."""

from __future__ import annotations

from fnmatch import fnmatchcase
from posixpath import normpath

from policy.core.checks import on_entries
from policy.core.rule import ContainerRule, Level, Settings, Severity
from policy.views.container import BIND, DOCKER, KUBERNETES, Mount


def _problem(mount: Mount, settings: Settings) -> str | None:
    listed = any(fnmatchcase(normpath(mount.source), pattern) for pattern in settings["writable"])
    if mount.kind != BIND or mount.read_only or listed:
        return None
    return f'mounts holds "{mount.source}" of the host writable, so it can change files that others use'


RULE = ContainerRule(
    id="B07",
    name="read-only-host-mounts",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="A host directory is mounted read-only, unless the policy configuration lists it.",
    remedy="set containers.<name>.mounts.<volume>.read_only to true, or keep the data in a volume",
    elsewhere="mount it read-only, keep the data in a volume, or add it to this rule's writable setting",
    sources=("KubeLinter writable-host-mount", "Kyverno ensure-readonly-hostpath"),
    defaults={"writable": ()},
    targets=(DOCKER, KUBERNETES),
    **on_entries("mounts", _problem),
)
