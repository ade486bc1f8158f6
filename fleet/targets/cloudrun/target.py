"""The Cloud Run target."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.cloudrun_limits import PROBE_PERIOD_S, limits
from fleet.model import MAIN, CloudService, Container, ContainerGroup, Fleet, GpuBudget, Stack
from fleet.model.cloud import Backing, Ingress, Kind
from fleet.network.addresses import Endpoint
from fleet.targets.base import TargetBase
from fleet.targets.cloudrun.capabilities import CAPABILITIES, UNRENDERED
from fleet.targets.cloudrun.capacity import CARDS, card_of_instance, cloud_of, shape
from fleet.targets.cloudrun.checks import check
from fleet.targets.entries import GroupEntries
from fleet.targets.features import Feature, Need
from fleet.targets.gpu_use import Cards
from fleet.targets.reserved import Reserved
from fleet.text import thousands


class CloudRun(TargetBase):
    """A Google Cloud project: each group is a service, a worker pool or a job with its own instances."""

    capabilities = CAPABILITIES
    unrendered = UNRENDERED
    check = staticmethod(check)

    def host(self, endpoint: Endpoint) -> str:
        cloud = cloud_of(endpoint.stack)
        return cloud.url(endpoint.group, cloud.regions[0]).removeprefix("https://")

    def url(self, endpoint: Endpoint, seen_from: Stack) -> str:
        # Every service is served on 443, whatever the container port.
        return f"https://{self.host(endpoint)}:443"

    def opens_for_people(self, port: str, group: ContainerGroup, stack: Stack) -> bool:
        cloud = cloud_of(stack)
        door = cloud.front_door is not None and cloud.front_door.group == group.name
        service = cloud.service(group.name)
        return door or bool(service.invokers) or service.ingress is Ingress.ALL

    def group_entries(self, stack: Stack) -> Iterator[GroupEntries]:
        yield from super().group_entries(stack)
        yield GroupEntries(("machine", "cloud", "services"), cloud_of(stack), CloudService)

    def needs(self, group: ContainerGroup, stack: Stack, fleet: Fleet) -> Iterator[Need]:
        for key, container in group.containers.items():
            if container.stop_grace_s > self.stop_grace_s(container):
                yield Feature.STOP_GRACE, f"containers.{key}.stop_grace"
            if container.health.deadline_s > limits().startup_max:
                yield Feature.LONG_START, f"containers.{key}.health.start_period"
            if container.health.timeout_s > PROBE_PERIOD_S and not container.once:
                yield Feature.SLOW_CHECKS, f"containers.{key}.health.timeout"
            for volume, mount in container.mounts.items():
                if mount.read_only and not self._is_read_only(volume, group, stack):
                    yield Feature.READ_ONLY_MOUNTS, f"containers.{key}.mounts.{volume}.read_only"

    def cards_of(self, stack: Stack, group: str, budget: GpuBudget) -> Cards | None:
        return card_of_instance(cloud_of(stack).service(group))

    def granted(self, stack: Stack, group: ContainerGroup, key: str) -> Reserved:
        if key != MAIN or stack.runs_stand_ins:
            return super().granted(stack, group, key)
        size = shape(cloud_of(stack), group)
        return Reserved(size.memory_mib, size.memory_mib, size.cpu_millicores, size.cpu_millicores)

    def registry_remedy(self, stack: Stack) -> str | None:
        project = stack.machine.connection.removeprefix("gcp://")
        return f"set images.registry, such as {cloud_of(stack).regions[0]}-docker.pkg.dev/{project}/fleet"

    def runs_to_its_end(self, stack: Stack, group: str) -> bool:
        return cloud_of(stack).service(group).kind is Kind.JOB

    def stop_grace_s(self, container: Container) -> int:
        return min(container.stop_grace_s, limits().stop_grace)

    def _is_read_only(self, volume: str, group: ContainerGroup, stack: Stack) -> bool:
        mounts = [container.mounts[volume] for container in group.containers.values() if volume in container.mounts]
        in_a_bucket = cloud_of(stack).service(group.name).volumes.get(volume) is Backing.BUCKET
        return in_a_bucket and all(mount.read_only for mount in mounts)

    def instance_text(self, stack: Stack, group: ContainerGroup) -> str:
        cloud = cloud_of(stack)
        size, service = shape(cloud, group), cloud.service(group.name)
        count = f"{service.min_instances} to {size.max_instances} instances"
        return f"{thousands(size.memory_mib)} MiB and {size.cpu_millicores / 1000:g} CPUs per instance, {count}"

    def card_text(self, stack: Stack, group: str, budget: GpuBudget) -> str:
        gpu = cloud_of(stack).service(group).gpu
        return f"a whole {CARDS[gpu][0]} ({CARDS[gpu][1]}) while an instance runs" if gpu else "no card yet"

    def volume_text(self, key: str, group: ContainerGroup, stack: Stack, *, scratch: bool) -> str:
        backing = cloud_of(stack).service(group.name).volumes.get(key)
        if backing:
            return "a Cloud Storage bucket" if backing is Backing.BUCKET else "Cloud SQL, no files"
        return "the instance's memory" if scratch else "nowhere yet"

    def secret_text(self, name: str, group: ContainerGroup, stack: Stack) -> tuple[str, str]:
        known = cloud_of(stack).secrets.get(name)
        version = f"version {known.version}" if known else "no version yet"
        return f"{name} in Secret Manager, {version}", f"gcloud secrets versions add {name} --data-file=FILE"
