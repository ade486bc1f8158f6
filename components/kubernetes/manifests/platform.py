"""What all groups of a cluster share: namespaces that enforce the restricted level, their quotas, priorities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from components.kubernetes.manifests.base import MANAGED_BY, Manifest, Object, api_object
from components.kubernetes.manifests.pod import resource_of
from components.kubernetes.manifests.policies import namespace_policies
from fleet.labels import TENANT
from fleet.model import Cluster, Tier
from fleet.plan.deployment import Deployment, PlannedGroup, PlannedNamespace
from fleet.plan.kubernetes_namespaces import copies_at_most

_LEVEL = "pod-security.kubernetes.io"
_PRIORITIES = {Tier.CRITICAL: 1_000_000, Tier.STANDARD: 100_000, Tier.EXPERIMENTAL: 1_000}
DEFAULTS = {"default": (500, 256), "defaultRequest": (50, 128)}
"""Limits and requests of a container that states none, in millicores and MiB."""
_ABOUT = {
    Tier.CRITICAL: "Others depend on it.",
    Tier.STANDARD: "Neither critical nor experimental.",
    Tier.EXPERIMENTAL: "First to give way.",
}


def platform(deployment: Deployment, cluster: Cluster) -> Iterator[Manifest]:
    """Priorities, then each namespace with its quota, its limits and its network policies."""
    for tier in sorted({group.operation.tier for group in deployment.groups}):
        yield Manifest(f"priority-{tier}", None, _priority(cluster, tier))
    for namespace in deployment.namespaces:
        yield Manifest(f"{namespace.name}-namespace", None, _namespace(namespace))
        yield Manifest(f"{namespace.name}-quota", None, _quota(namespace, deployment, cluster))
        yield Manifest(f"{namespace.name}-limits", None, _limits(namespace, deployment))
        yield from namespace_policies(namespace.name)


def _priority(cluster: Cluster, tier: Tier) -> Object:
    about = {"name": f"{cluster.namespace}-{tier}", "labels": dict(MANAGED_BY)}
    policy = "Never" if tier is Tier.EXPERIMENTAL else "PreemptLowerPriority"
    return {
        **api_object("scheduling.k8s.io/v1", "PriorityClass", about, value=_PRIORITIES[tier]),
        "globalDefault": False,
        "preemptionPolicy": policy,
        "description": _ABOUT[tier],
    }


def _namespace(namespace: PlannedNamespace) -> Object:
    about = {
        "name": namespace.name,
        "labels": {
            **MANAGED_BY,
            **{f"{_LEVEL}/{mode}": "restricted" for mode in ("enforce", "audit", "warn")},
            **({TENANT: namespace.tenant} if namespace.tenant else {}),
        },
    }
    return api_object("v1", "Namespace", about)


def _quota(namespace: PlannedNamespace, deployment: Deployment, cluster: Cluster) -> Object:
    """Room for all copies while they are replaced, and for nothing else."""
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
    mine = [group for group in deployment.groups if group.name in namespace.groups]
    for pool in cluster.node_pools.values():
        # Of a kind of card that no group here asks for, there is none: a pod that names it is a stranger's.
        if pool.gpu:
            hard.setdefault(f"requests.{resource_of(pool.gpu)}", "0")
    for kind, count in _cards(mine, cluster).items():
        hard[f"requests.{kind}"] = str(count)
    return api_object("v1", "ResourceQuota", _shared(namespace), spec={"hard": hard})


def _cards(groups: Sequence[PlannedGroup], cluster: Cluster) -> Counter[str]:
    """How many of each kind of card all copies may hold."""
    found: Counter[str] = Counter()
    for group in groups:
        for container in group.containers:
            gpu = cluster.node_pools[container.gpu.card].gpu if container.gpu else None
            if gpu:
                found[resource_of(gpu)] += copies_at_most(group)
    return found


def _limits(namespace: PlannedNamespace, deployment: Deployment) -> Object:
    """What a container without figures gets, and the most that one may have."""
    containers = [c for group in deployment.groups if group.name in namespace.groups for c in group.containers]
    cpu = max(container.cpu_cap_millicores for container in containers)
    memory = max(container.memory_cap_mib for container in containers)
    # No default may be above the most: the server refuses such a limit range.
    limit: Object = {
        "type": "Container",
        **{
            part: {"cpu": f"{min(millicores, cpu)}m", "memory": f"{min(mib, memory)}Mi"}
            for part, (millicores, mib) in DEFAULTS.items()
        },
        "max": {"cpu": f"{cpu}m", "memory": f"{memory}Mi"},
    }
    return api_object("v1", "LimitRange", _shared(namespace), spec={"limits": [limit]})


def _shared(namespace: PlannedNamespace) -> Object:
    return {"name": "fleet", "namespace": namespace.name, "labels": dict(MANAGED_BY)}
