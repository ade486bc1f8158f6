"""Where a group's data, secrets and GPU memory are on a cluster, in words."""

from __future__ import annotations

from collections.abc import Sequence

from fleet.model import ContainerGroup, GpuBudget, Stack
from fleet.targets.base import TargetBase
from fleet.targets.kubernetes.capacity import amount_mib, cluster_of, pool_of, pool_uses
from fleet.text import thousands


class Relocation(TargetBase):
    """A cluster's part of a move."""

    def card_text(self, stack: Stack, group: str, budget: GpuBudget) -> str:
        cluster = cluster_of(stack)
        name = pool_of(cluster, budget)
        gpu = cluster.node_pools[name].gpu if name else None
        if gpu is None:
            return f"no card of {stack.name} holds {thousands(budget.limit_mib)} MiB"
        return f"{thousands(amount_mib(gpu, budget))} MiB of a {gpu.model} of the pool {name} ({gpu.sharing})"

    def card_left_text(self, stack: Stack, budget: GpuBudget, groups: Sequence[ContainerGroup]) -> str:
        name = pool_of(cluster_of(stack), budget)
        use = next((use for use in pool_uses(stack, groups) if use.name == name), None)
        return f"{use.placed()} of {use.copies_min} copies find a card in the pool {name}" if use else ""

    def volume_text(self, key: str, group: ContainerGroup, stack: Stack, *, scratch: bool) -> str:
        where = cluster_of(stack).namespace_of(group.tenant)
        return "the pod's own, gone with it" if scratch else f"claim {key} in {where}"

    def secret_text(self, name: str, group: ContainerGroup, stack: Stack) -> tuple[str, str]:
        where = cluster_of(stack).namespace_of(group.tenant)
        note = f"kubectl -n {where} create secret generic {name} --from-file=value=FILE"
        return f"Secret {name} of {where}", note

    def copies(self, group: ContainerGroup) -> int:
        return group.scaling.min
