"""Where a group's data, secrets and GPU memory are on Cloud Run, in words."""

from __future__ import annotations

from fleet.model import ContainerGroup, GpuBudget, Stack
from fleet.model.cloud import Backing
from fleet.targets.base import TargetBase
from fleet.targets.cloudrun.capacity import CARDS, cloud_of, shape
from fleet.text import thousands


class Relocation(TargetBase):
    """Cloud Run's part of a move."""

    def instance_text(self, stack: Stack, group: ContainerGroup) -> str:
        cloud = cloud_of(stack)
        size, service = shape(cloud, group), cloud.service(group.name)
        count = f"{service.min_instances} to {size.max_instances} instances"
        return f"{thousands(size.memory_mib)} MiB and {size.cpu_millicores / 1000:g} CPUs an instance, {count}"

    def card_text(self, stack: Stack, group: str, budget: GpuBudget) -> str:
        gpu = cloud_of(stack).service(group).gpu
        return f"a {CARDS[gpu][0]} alone ({CARDS[gpu][1]}), while an instance runs" if gpu else "no card yet"

    def volume_text(self, key: str, group: ContainerGroup, stack: Stack, *, scratch: bool) -> str:
        backing = cloud_of(stack).service(group.name).volumes.get(key)
        if backing:
            return "a Cloud Storage bucket" if backing is Backing.BUCKET else "Cloud SQL, and no files"
        return "the instance's memory" if scratch else "nowhere yet"

    def secret_text(self, name: str, group: ContainerGroup, stack: Stack) -> tuple[str, str]:
        known = cloud_of(stack).secrets.get(name)
        version = f"version {known.version}" if known else "no version yet"
        return f"{name} in Secret Manager, {version}", f"gcloud secrets versions add {name} --data-file=FILE"
