"""How many copies of a group run: autoscalers, and how many may be missing while nodes are emptied."""

from __future__ import annotations

from collections.abc import Iterator

from components.kubernetes.manifests.base import (
    Manifest,
    Object,
    api_object,
    metadata,
    selector,
    tracks,
    workload_name,
)
from components.kubernetes.manifests.workload import workload_kind
from fleet.model import Cluster, Scaling, Track
from fleet.plan.deployment import Deployment, PlannedGroup


def scaling(group: PlannedGroup, deployment: Deployment, cluster: Cluster) -> Iterator[Manifest]:
    """An autoscaler for each version of an elastic group; a disruption budget where copies can be spared."""
    wanted = group.operation.scaling
    for track, _ in tracks(group) or ((None, None),):
        name = workload_name(group, track)
        if wanted.is_elastic:
            make = _scaled_object if cluster.autoscaler == "keda" else _autoscaler
            yield Manifest(f"{name}-scaling", group.name, make(group, deployment, cluster, track))
        if wanted.min > 1:
            spec = {"maxUnavailable": 1, "selector": {"matchLabels": selector(group, track)}}
            about = metadata(group, deployment, name, track)
            budget = api_object("policy/v1", "PodDisruptionBudget", about, spec=spec)
            yield Manifest(f"{name}-disruption", group.name, budget)


def _autoscaler(group: PlannedGroup, deployment: Deployment, cluster: Cluster, track: Track | None) -> Object:
    wanted = group.operation.scaling
    spec = {
        "scaleTargetRef": _workload(group, deployment, track),
        "minReplicas": wanted.min,
        "maxReplicas": wanted.max,
        "metrics": [
            {
                "type": "Resource",
                "resource": {"name": name, "target": {"type": "Utilization", "averageUtilization": percent}},
            }
            for name, percent in _uses(wanted).items()
        ],
        "behavior": _behavior(wanted),
    }
    about = metadata(group, deployment, workload_name(group, track), track)
    return api_object("autoscaling/v2", "HorizontalPodAutoscaler", about, spec=spec)


def _scaled_object(group: PlannedGroup, deployment: Deployment, cluster: Cluster, track: Track | None) -> Object:
    wanted = group.operation.scaling
    triggers: list[Object] = [
        {"type": name, "metricType": "Utilization", "metadata": {"value": str(percent)}}
        for name, percent in _uses(wanted).items()
    ]
    triggers += [
        {
            "type": "prometheus",
            "name": name,
            "metadata": {
                "serverAddress": cluster.prometheus,
                "query": signal.query,
                "threshold": str(signal.per_replica),
            },
        }
        for name, signal in sorted(wanted.signals.items())
    ]
    spec = {
        "scaleTargetRef": _workload(group, deployment, track),
        "minReplicaCount": wanted.min,
        "maxReplicaCount": wanted.max,
        "cooldownPeriod": wanted.down_after_s,
        "advanced": {"horizontalPodAutoscalerConfig": {"behavior": _behavior(wanted)}},
        "triggers": triggers,
    }
    about = metadata(group, deployment, workload_name(group, track), track)
    return api_object("keda.sh/v1alpha1", "ScaledObject", about, spec=spec)


def _workload(group: PlannedGroup, deployment: Deployment, track: Track | None) -> Object:
    return {
        "apiVersion": "apps/v1",
        "kind": workload_kind(group, deployment),
        "name": workload_name(group, track),
    }


def _uses(wanted: Scaling) -> dict[str, int]:
    return {"cpu": wanted.cpu_percent, "memory": wanted.memory_percent}


def _behavior(wanted: Scaling) -> Object:
    """Up at once, to twice as many at most every 15 s; down a copy a minute, after a time of rest."""
    return {
        "scaleUp": {
            "stabilizationWindowSeconds": 0,
            "policies": [{"type": "Percent", "value": 100, "periodSeconds": 15}],
        },
        "scaleDown": {
            "stabilizationWindowSeconds": wanted.down_after_s,
            "policies": [{"type": "Pods", "value": 1, "periodSeconds": 60}],
        },
    }
