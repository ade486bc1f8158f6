"""Google Cloud Run, as the fleet asks of it."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.model import MAIN, Container, ContainerGroup, Fleet, GpuBudget, Stack
from fleet.model.cloud import Kind
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.targets.cloudrun.capabilities import CAPABILITIES, UNRENDERED
from fleet.targets.cloudrun.capacity import card_of_instance, cloud_of, shape
from fleet.targets.cloudrun.checks import check
from fleet.targets.cloudrun.limits import limits
from fleet.targets.cloudrun.relocation import Relocation
from fleet.targets.features import Feature, Need
from fleet.targets.gpu_use import Card
from fleet.targets.reserved import Reserved


class CloudRun(Relocation):
    """A project on Google Cloud: each group is a service, a worker pool or a job, with instances of its own."""

    capabilities = CAPABILITIES
    unrendered = UNRENDERED

    def check(self, fleet: Fleet, sources: Sources) -> Iterator[Fault]:
        return check(fleet, sources)

    def needs(self, group: ContainerGroup, stack: Stack, fleet: Fleet) -> Iterator[Need]:
        for key, container in group.containers.items():
            if container.stop_grace_s > self.stop_grace_s(container):
                yield Feature.STOP_GRACE, f"containers.{key}.stop_grace"

    def card(self, stack: Stack, group: str, budget: GpuBudget) -> Card | None:
        return card_of_instance(cloud_of(stack).service(group))

    def granted(self, stack: Stack, group: ContainerGroup, key: str) -> Reserved:
        if key != MAIN or stack.runs_stand_ins:
            return super().granted(stack, group, key)
        size = shape(cloud_of(stack), group)
        return Reserved(size.memory_mib, size.memory_mib, size.cpu_millicores, size.cpu_millicores)

    def runs_to_its_end(self, stack: Stack, group: str) -> bool:
        return cloud_of(stack).service(group).kind is Kind.JOB

    def stop_grace_s(self, container: Container) -> int:
        return min(container.stop_grace_s, limits().stop_grace)
