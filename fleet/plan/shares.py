"""A container's part of a service's machine: of a pool's card, or of an instance."""

from __future__ import annotations

from dataclasses import replace

from fleet.model import CloudService, Cluster, Enforcement, GpuBudget
from fleet.plan.deployment import PlannedContainer, PlannedGpu
from fleet.targets.cloudrun_sizes import Shape, card_of_instance
from fleet.targets.node_pools import ENFORCEMENT, pool_of


def gpu_of_instance(service: CloudService, budget: GpuBudget) -> PlannedGpu | None:
    """An instance's card; None where its service asks for none."""
    gpu = card_of_instance(service)
    if service.gpu is None or gpu is None:
        return None
    return PlannedGpu(
        str(service.gpu), gpu, budget.request_mib, budget.limit_mib, budget.processes, Enforcement.EXCLUSIVE
    )


def in_its_shape(planned: PlannedContainer, found: Shape) -> PlannedContainer:
    """A service's main container: what it may use is what it has."""
    return replace(
        planned,
        memory_request_mib=found.memory_mib,
        memory_cap_mib=found.memory_mib,
        shared_memory_mib=min(planned.shared_memory_mib, found.memory_mib),
        cpu_request_millicores=found.cpu_millicores,
        cpu_cap_millicores=found.cpu_millicores,
    )


def gpu_of_pool(cluster: Cluster, budget: GpuBudget) -> PlannedGpu | None:
    """A container's part of a pool's card; None where no pool has such cards."""
    pool = pool_of(cluster, budget)
    gpu = cluster.node_pools[pool].gpu if pool else None
    if pool is None or gpu is None:
        return None
    return PlannedGpu(pool, gpu, budget.request_mib, budget.limit_mib, budget.processes, ENFORCEMENT[gpu.sharing])
