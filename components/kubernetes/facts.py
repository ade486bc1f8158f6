"""Outputs of a cluster's component, for policies. Pure."""

from __future__ import annotations

from dataclasses import replace

from components.kubernetes.manifests.base import cluster_of
from fleet.model.cluster import NodePool
from fleet.plan.deployment import Deployment
from fleet.plan.facts import common_facts
from fleet.published import Machine, Pool


def facts(deployment: Deployment) -> Machine:
    """The outputs of all targets, with the node pools."""
    cluster = cluster_of(deployment)
    pools = {name: _pool(pool) for name, pool in cluster.node_pools.items()}
    return replace(common_facts(deployment), pool_label=cluster.pool_label, pools=pools)


def _pool(pool: NodePool) -> Pool:
    without_gpu = Pool(nodes=pool.nodes, cpus=pool.cpus, memory_mib=pool.memory_mib, arch=str(pool.arch))
    gpu = pool.gpu
    if gpu is None:
        return without_gpu
    return replace(
        without_gpu,
        gpus=gpu.per_node,
        gpu_model=gpu.model,
        gpu_vendor=str(gpu.vendor),
        gpu_resource=gpu.resource,
        cuda=gpu.cuda or "",
        gpu_memory_mib=gpu.memory_mib,
        sharing=str(gpu.sharing),
        shared_replicas=gpu.shares,
        context_mib=gpu.context_mib,
    )
