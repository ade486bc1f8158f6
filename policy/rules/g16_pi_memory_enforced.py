"""G16: a single-board computer states whether its kernel enforces memory limits."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.stack import StackView

_UNSTATED = "unstated"
_WHY = "whose stock OS boots without the memory cgroup, so memory limits are silently ignored"


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    for machine in stack.machines:
        if machine.memory_enforced == _UNSTATED:
            yield Finding("memory_enforced", f"memory_enforced is not stated for {machine.name}, {_WHY}", of=machine)


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
