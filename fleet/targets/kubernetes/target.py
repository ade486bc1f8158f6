"""The Kubernetes target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fleet.model import ContainerGroup, Enforcement, Exposure, Fleet, GpuBudget, Rollout, RolloutStrategy, Stack
from fleet.network.addresses import Endpoint
from fleet.targets.base import TargetBase
from fleet.targets.entries import GroupEntries
from fleet.targets.features import Feature, Need
from fleet.targets.gpu_use import Cards
from fleet.targets.kubernetes.addresses import exposed_at
from fleet.targets.kubernetes.capabilities import CAPABILITIES, UNRENDERED
from fleet.targets.kubernetes.capacity import (
    amount_mib,
    cards_of_pool,
    cluster_of,
    count,
    pool_of,
    pool_uses,
    reserved_on,
)
from fleet.targets.kubernetes.checks import check
from fleet.targets.kubernetes.rollout import card_held_by_the_old_pod, volume_held_by_the_old_pod
from fleet.text import thousands


class Kubernetes(TargetBase):
    """A cluster: its scheduler places pods on the nodes of its pools."""

    capabilities = CAPABILITIES
    unrendered = UNRENDERED
    check = staticmethod(check)
    pools = staticmethod(pool_uses)
    reserved = staticmethod(reserved_on)

    def host(self, endpoint: Endpoint) -> str:
        return f"{endpoint.group}.{cluster_of(endpoint.stack).namespace_of(endpoint.tenant)}"

    def url(self, endpoint: Endpoint, seen_from: Stack) -> str:
        outside = exposed_at(endpoint) if seen_from.name != endpoint.stack.name else None
        return outside or super().url(endpoint, seen_from)

    def unreachable_text(self, endpoint: Endpoint) -> str:
        return "" if exposed_at(endpoint) else f"only inside {endpoint.stack.name}"

    def opens_for_people(self, port: str, group: ContainerGroup, stack: Stack) -> bool:
        exposure = self.exposure(stack, group.name)
        return exposure is not None and exposure.port == port

    def group_entries(self, stack: Stack) -> Iterator[GroupEntries]:
        yield from super().group_entries(stack)
        if entrance := cluster_of(stack).entrance:
            yield GroupEntries(("machine", "cluster", "entrance", "exposed"), entrance)

    def needs(self, group: ContainerGroup, stack: Stack, fleet: Fleet) -> Iterator[Need]:
        here = fleet.placed(stack)
        if held := volume_held_by_the_old_pod(group, stack, here):
            yield Feature.ROLLING_WITH_A_VOLUME, f"volumes.{held}"
        elif card_held_by_the_old_pod(group, stack, here):
            yield Feature.ROLLING_WITH_A_CARD, "rollout"
        if group.scaling.signals and cluster_of(stack).autoscaler != "keda":
            yield Feature.SIGNALS_WITHOUT_KEDA, "scaling.signals"
        for key, container in group.containers.items():
            if container.gpu and stack.gives_gpus and container.gpu.enforcement is Enforcement.MPS:
                yield Feature.MPS, f"containers.{key}.gpu.enforcement"

    def cards_of(self, stack: Stack, group: str, budget: GpuBudget) -> Cards | None:
        return cards_of_pool(cluster_of(stack), budget)

    def rollout(self, group: ContainerGroup, stack: Stack, groups: Sequence[ContainerGroup]) -> Rollout:
        if volume_held_by_the_old_pod(group, stack, groups):
            return Rollout(strategy=RolloutStrategy.RECREATE)
        if card_held_by_the_old_pod(group, stack, groups):
            return Rollout(surge=0, unavailable=max(1, group.rollout.unavailable))
        return group.rollout

    def exposure(self, stack: Stack, group: str) -> Exposure | None:
        entrance = cluster_of(stack).entrance
        return entrance.exposed.get(group) if entrance else None

    def volume_name(self, key: str, stack: Stack) -> str:
        return key

    def card_text(self, stack: Stack, group: str, budget: GpuBudget) -> str:
        cluster = cluster_of(stack)
        name = pool_of(cluster, budget)
        gpu = cluster.node_pools[name].gpu if name else None
        if gpu is None:
            return f"no card of {stack.name} holds {thousands(budget.limit_mib)} MiB"
        times = f"{count(budget)} x " if count(budget) > 1 else ""
        return f"{times}{thousands(amount_mib(gpu, budget))} MiB on {gpu.model} in pool {name} ({gpu.sharing})"

    def card_left_text(self, stack: Stack, budget: GpuBudget, groups: Sequence[ContainerGroup]) -> str:
        name = pool_of(cluster_of(stack), budget)
        use = next((use for use in pool_uses(stack, groups) if use.name == name), None)
        return f"{use.placed()} of {use.copies_min} copies find a card in pool {name}" if use else ""

    def volume_text(self, key: str, group: ContainerGroup, stack: Stack, *, scratch: bool) -> str:
        where = cluster_of(stack).namespace_of(group.tenant)
        return "private to the pod, deleted with it" if scratch else f"claim {key} in {where}"

    def secret_text(self, name: str, group: ContainerGroup, stack: Stack) -> tuple[str, str]:
        where = cluster_of(stack).namespace_of(group.tenant)
        return f"Secret {name} in {where}", f"kubectl -n {where} create secret generic {name} --from-file=value=FILE"

    def copies(self, group: ContainerGroup) -> int:
        return group.scaling.min
