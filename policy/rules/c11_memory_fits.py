"""C11: what containers reserve of main memory fits their machine.

A container without a request counts with its limit; one with neither is C01's matter. Another stack on the same machine
is invisible here.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.labels import MEMORY_REQUEST_MIB
from policy.containers import ContainerView
from policy.figures import addends, thousands
from policy.readers.values import as_whole
from policy.rule import Finding, Level, Settings, StackRule
from policy.stack import StackView


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    for machine in stack.machines:
        shares = [(container.subject, _reserved(container)) for container in stack.on(machine)]
        total = sum(share for _, share in shares) + machine.memory_reserve_mib
        if machine.memory_mib and total > machine.memory_mib:
            figures = f"{addends(shares)} + reserve {thousands(machine.memory_reserve_mib)} = {thousands(total)}"
            problem = (
                f"memory_mib of {machine.name} is too little for its containers: {figures} of "
                f"{thousands(machine.memory_mib)} MiB, so the kernel will end one of them"
            )
            yield Finding(machine.subject, "memory_mib", problem)


def _reserved(container: ContainerView) -> int:
    request = as_whole(container.labels.get(MEMORY_REQUEST_MIB))
    return max(0, (container.memory_limit_mib or 0) if request is None else request)


RULE = StackRule(
    id="C11",
    name="memory-fits",
    level=Level.MANDATORY,
    summary="The memory that a machine's containers reserve, and the machine's own reserve, fit its memory.",
    remedy="lower containers.<name>.memory.request, move a group to another machine, or lower machine.memory_reserve",
    reads=("containers.labels", "containers.memory_limit_mib", "machines.memory_mib"),
    check=_check,
)
