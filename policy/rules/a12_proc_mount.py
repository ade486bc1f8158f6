"""A12: the kernel's files under /proc stay masked."""

from __future__ import annotations

from fleet.source.redaction import shown
from policy.core.checks import on_field
from policy.core.rule import ContainerRule, Level, Settings, Severity
from policy.views.container import KUBERNETES, ContainerView


def _problem(container: ContainerView, settings: Settings) -> str | None:
    if container.proc_mount in (None, "Default"):
        return None
    return f"proc_mount is {shown(container.proc_mount)}, which exposes files of the kernel under /proc"


RULE = ContainerRule(
    id="A12",
    name="proc-mount",
    level=Level.MANDATORY,
    severity=Severity.LOW,
    summary="The paths under /proc that a runtime masks stay masked.",
    remedy="remove procMount from its security context",
    sources=("KSV-0027", "PSS procMount"),
    targets=(KUBERNETES,),
    **on_field("proc_mount", _problem),
)
