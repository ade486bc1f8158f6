"""C11: the memory that containers reserve fits their machine.

A container without a request reserves its limit; C01 covers one without either. What containers hold of a card that
shares the machine's memory is part of the sum. Other stacks on the same machine are not visible here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from fleet.labels import MEMORY_REQUEST_MIB
from fleet.text import addends, thousands
from policy.core.gpu.budgets import card_loads
from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.container import INIT, KUBERNETES, ContainerView
from policy.views.kubernetes import PodView, PoolView
from policy.views.scalars import as_whole
from policy.views.stack import MachineView, StackView


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    loads = [load for load in card_loads(stack) if load.card.unified and load.shares]
    for machine in stack.machines:
        shares = [(container.label, _reserved(container)) for container in stack.on(machine) if container.role != INIT]
        shares += [(f"{load.card.name} (unified)", load.held_mib) for load in loads if load.machine is machine]
        total = sum(share for _, share in shares) + machine.memory_reserve_mib
        if machine.memory_mib and total > machine.memory_mib:
            figures = f"{addends(shares)} + reserve {thousands(machine.memory_reserve_mib)} = {thousands(total)}"
            problem = (
                f"memory_mib of {machine.name} is too little for its containers: {figures} of "
                f"{thousands(machine.memory_mib)} MiB, so the kernel will kill one of them"
            )
            yield Finding("memory_mib", problem, of=machine)
        pods: dict[str, list[PodView]] = defaultdict(list)
        for pod, named in stack.pods_on(machine):
            pods[named].append(pod)
        for pool in machine.pools:
            yield from _pool_findings(pool, machine, pods[pool.name])


def _pool_findings(pool: PoolView, machine: MachineView, pods: Sequence[PodView]) -> Iterator[Finding]:
    """Pods that name a pool must fit its nodes; others are scheduled wherever there is room."""
    shares = [(view.subject, _reserved(view)) for pod in pods for view in pod.containers if view.role != INIT]
    total, capacity = sum(share for _, share in shares), pool.nodes * pool.memory_mib
    if capacity and total > capacity:
        problem = (
            f"pools of {machine.name} have too little memory in {pool.name}: {addends(shares)} = {thousands(total)} of "
            f"{thousands(capacity)} MiB, so the last pods stay pending"
        )
        yield Finding("pools", problem, "lower containers.<name>.memory.request, or add nodes to the pool", of=machine)


def _reserved(container: ContainerView) -> int:
    """Of all replicas. On a cluster the pod's request overrides the label, because the scheduler uses it."""
    request = as_whole(container.labels.get(MEMORY_REQUEST_MIB))
    if container.target == KUBERNETES:
        request = container.memory_request_mib
    return max(0, (container.memory_limit_mib or 0) if request is None else request) * container.replicas


RULE = StackRule(
    id="C11",
    name="memory-fits",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="The memory that containers reserve, with the machine's own reserve, fits the machine.",
    remedy="lower containers.<name>.memory.request, move a group to another machine, or lower machine.memory_reserve",
    reads=(
        "containers.labels", "containers.memory_limit_mib", "containers.memory_request_mib", "machines.memory_mib",
        "machines.cards", "machines.pools",
    ),
    check=_check,
)  # fmt: skip
