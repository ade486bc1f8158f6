"""Shared objects of a cluster: priorities, namespaces that enforce the restricted level, and their quotas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from components.kubernetes.manifests.base import Manifest, shared
from components.kubernetes.manifests.pod import pool_gpu
from components.kubernetes.manifests.policies import namespace_policies
from components.objects import MANAGED_BY, RESTRICTED, Object
from fleet.labels import TENANT
from fleet.model import Cluster, Tier
from fleet.plan.deployment import Deployment, PlannedGroup, PlannedNamespace
from fleet.plan.kubernetes_namespaces import copies_at_most

_PRIORITIES = {Tier.CRITICAL: 1_000_000, Tier.STANDARD: 100_000, Tier.EXPERIMENTAL: 1_000}
DEFAULTS = {"default": (500, 256), "defaultRequest": (50, 128)}
"""Default limits and requests of a container, in millicores and MiB."""
_DESCRIPTIONS = {
    Tier.CRITICAL: "Others depend on it.",
    Tier.STANDARD: "Neither critical nor experimental.",
    Tier.EXPERIMENTAL: "First to be preempted.",
}


def platform(deployment: Deployment, cluster: Cluster) -> Iterator[Manifest]:
    """Priorities, then each namespace with its quota, limit range and default network policies."""
    for tier in sorted({group.operation.tier for group in deployment.groups}):
        yield shared(
            f"priority-{tier}",
            "scheduling.k8s.io/v1/PriorityClass",
            f"{cluster.namespace}-{tier}",
            value=_PRIORITIES[tier],
            globalDefault=False,
            preemptionPolicy="Never" if tier is Tier.EXPERIMENTAL else "PreemptLowerPriority",
            description=_DESCRIPTIONS[tier],
        )
    for namespace in deployment.namespaces:
        name, tenant = namespace.name, {TENANT: namespace.tenant} if namespace.tenant else {}
        yield shared(f"{name}-namespace", "v1/Namespace", name, labels={**MANAGED_BY, **RESTRICTED, **tenant})
        hard = _quota(namespace, deployment, cluster)
        yield shared(f"{name}-quota", "v1/ResourceQuota", "fleet", name, spec={"hard": hard})
        limits = _limits(namespace, deployment)
        yield shared(f"{name}-limits", "v1/LimitRange", "fleet", name, spec={"limits": [limits]})
        yield from namespace_policies(name)


def _quota(namespace: PlannedNamespace, deployment: Deployment, cluster: Cluster) -> dict[str, str]:
    """Exactly what all replicas use during rollouts."""
    most = namespace.most
    hard = {
        "pods": str(most.pods),
        "requests.cpu": f"{most.cpu_request_millicores}m",
        "limits.cpu": f"{most.cpu_limit_millicores}m",
        "requests.memory": f"{most.memory_request_mib}Mi",
        "limits.memory": f"{most.memory_limit_mib}Mi",
        "persistentvolumeclaims": str(namespace.volumes),
        "requests.storage": f"{namespace.storage_mib}Mi",
        "services.nodeports": "0",
        "services.loadbalancers": "0",
    }
    # Zero for a kind of card that no group of the namespace requests.
    cards = Counter({pool.gpu.resource: 0 for pool in cluster.node_pools.values() if pool.gpu})
    for group in deployment.groups:
        if group.name in namespace.groups:
            cards.update({kind: count * copies_at_most(group) for kind, count in cards_of(group, cluster).items()})
    return {**hard, **{f"requests.{kind}": str(count) for kind, count in cards.items()}}


def cards_of(group: PlannedGroup, cluster: Cluster) -> Counter[str]:
    """Resource name of each kind of card that one replica requests -> how many."""
    cards: Counter[str] = Counter()
    for container in group.containers:
        if gpu := pool_gpu(container, cluster):
            cards[gpu.resource] += container.gpu.count if container.gpu else 0
    return cards


def _limits(namespace: PlannedNamespace, deployment: Deployment) -> Object:
    """Defaults of a container, and the largest limits of any."""
    containers = [c for group in deployment.groups if group.name in namespace.groups for c in group.containers]
    cpu = max(container.cpu_cap_millicores for container in containers)
    memory = max(container.memory_cap_mib for container in containers)
    # The server refuses a default above the maximum.
    return {
        "type": "Container",
        **{
            part: {"cpu": f"{min(millicores, cpu)}m", "memory": f"{min(mib, memory)}Mi"}
            for part, (millicores, mib) in DEFAULTS.items()
        },
        "max": {"cpu": f"{cpu}m", "memory": f"{memory}Mi"},
    }
