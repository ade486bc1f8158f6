"""What a machine's component publishes for policies."""

from __future__ import annotations

from fleet.plan.deployment import Deployment
from fleet.plan.facts import common_facts


def facts(deployment: Deployment) -> dict[str, object]:
    machine = deployment.machine
    pools = machine.cluster.node_pools if machine.cluster else {}
    return {
        **common_facts(deployment),
        "memoryReserveMib": 0,
        "lanAddress": "",
        "poolLabel": machine.cluster.pool_label if machine.cluster else "",
        "nodePools": {
            name: {
                "nodes": pool.nodes,
                "cpus": pool.cpus,
                "memoryMib": pool.memory_mib,
                "arch": str(pool.arch),
                "gpus": pool.gpu.per_node if pool.gpu else 0,
                "gpuModel": pool.gpu.model if pool.gpu else "",
                "cuda": (pool.gpu.cuda if pool.gpu else None) or "",
                "gpuMemoryMib": pool.gpu.memory_mib if pool.gpu else 0,
                "gpuSharing": str(pool.gpu.sharing) if pool.gpu else "none",
                "sharedReplicas": pool.gpu.shares if pool.gpu else 1,
                "contextMib": pool.gpu.context_mib if pool.gpu else 0,
            }
            for name, pool in pools.items()
        },
    }
