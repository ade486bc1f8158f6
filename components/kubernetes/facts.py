"""What a cluster's component publishes for policies. Pure."""

from __future__ import annotations

from dataclasses import replace

from fleet.model.cluster import NodePool
from fleet.plan.deployment import Deployment
from fleet.plan.facts import common_facts
from fleet.published import Machine, Pool


def facts(deployment: Deployment) -> Machine:
    """What all targets publish, and the node pools."""
    cluster = deployment.machine.cluster
    return replace(
        common_facts(deployment),
        pool_label=cluster.pool_label if cluster else "",
        pools={name: _pool(pool) for name, pool in cluster.node_pools.items()} if cluster else {},
    )


def _pool(pool: NodePool) -> Pool:
    figures = Pool(nodes=pool.nodes, cpus=pool.cpus, memory_mib=pool.memory_mib, arch=str(pool.arch))
    gpu = pool.gpu
    if gpu is None:
        return figures
    return replace(
        figures,
        gpus=gpu.per_node,
        gpu_model=gpu.model,
        cuda=gpu.cuda or "",
        gpu_memory_mib=gpu.memory_mib,
        sharing=str(gpu.sharing),
        shared_replicas=gpu.shares,
        context_mib=gpu.context_mib,
    )
