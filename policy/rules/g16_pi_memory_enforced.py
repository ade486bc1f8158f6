"""G16: a single-board computer states whether its kernel enforces memory limits."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.stack import StackView

_UNSTATED = "unstated"


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    for machine in stack.machines:
        if machine.memory_enforced == _UNSTATED:
            problem = (
                f"memory_enforced is not stated for {machine.name}, whose stock OS boots without the memory "
                "cgroup, so memory limits are silently ignored"
            )
            yield Finding("memory_enforced", problem, of=machine)


RULE = StackRule(
    id="G16",
    name="pi-memory-enforced",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="A single-board computer states whether its kernel enforces memory limits.",
    remedy="set machine.memory_enforced: true once its kernel starts with cgroup_enable=memory, false until then",
    reads=("machines.memory_enforced",),
    check=_check,
)
