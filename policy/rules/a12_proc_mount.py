"""A12: the kernel's files under /proc stay masked."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.redaction import shown
from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    if container.proc_mount not in (None, "Default"):
        problem = f"proc_mount is {shown(container.proc_mount)}, which exposes files of the kernel under /proc"
        yield Finding("proc_mount", problem)


RULE = ContainerRule(
    id="A12",
    name="proc-mount",
    level=Level.MANDATORY,
    severity=Severity.LOW,
    summary="The paths under /proc that a runtime masks stay masked.",
    remedy="remove procMount from its security context",
    sources=("KSV-0027", "PSS procMount"),
    targets=(KUBERNETES,),
    reads=("proc_mount",),
    check=_check,
)
