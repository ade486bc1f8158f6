"""B07: a host directory is mounted read-only, unless it is listed."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from posixpath import normpath

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import BIND, DOCKER, KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    for mount in container.mounts:
        if mount.kind != BIND or mount.read_only:
            continue
        if not any(fnmatchcase(normpath(mount.source), pattern) for pattern in settings["writable"]):
            problem = f'mounts holds "{mount.source}" of the host writable, so it can change files that others use'
            yield Finding("mounts", problem)


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
    reads=("mounts",),
    each=("mounts",),
    check=_check,
)
