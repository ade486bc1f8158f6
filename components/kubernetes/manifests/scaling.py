"""Autoscalers, and disruption budgets for node drains."""

from __future__ import annotations

from collections.abc import Iterator

from components.kubernetes.manifests.base import Manifest, owned, selector, tracks, workload_name
from components.kubernetes.manifests.workload import workload_kind
from components.objects import Object
from fleet.model import Cluster, Scaling, Track
from fleet.plan.deployment import Deployment, PlannedGroup


def scaling(group: PlannedGroup, deployment: Deployment, cluster: Cluster) -> Iterator[Manifest]:
    """Per version: an autoscaler for an elastic group, and a disruption budget for one with several replicas."""
    wanted = group.operation.scaling
    for track, _ in tracks(group) or ((None, None),):
        if wanted.is_elastic:
            keda = cluster.autoscaler == "keda"
            kind = "keda.sh/v1alpha1/ScaledObject" if keda else "autoscaling/v2/HorizontalPodAutoscaler"
            spec = {
                "scaleTargetRef": _workload(group, deployment, track),
                **(_scaled_object(wanted, cluster) if keda else _autoscaler(wanted)),
            }
            yield owned("scaling", kind, group, deployment, track, spec=spec)
        if wanted.min > 1:
            spec = {"maxUnavailable": 1, "selector": {"matchLabels": selector(group, track)}}
            yield owned("disruption", "policy/v1/PodDisruptionBudget", group, deployment, track, spec=spec)


def _autoscaler(wanted: Scaling) -> Object:
    return {
        "minReplicas": wanted.min,
        "maxReplicas": wanted.max,
        "metrics": [
            {
                "type": "Resource",
                "resource": {"name": name, "target": {"type": "Utilization", "averageUtilization": percent}},
            }
            for name, percent in _targets(wanted).items()
        ],
        "behavior": _behavior(wanted),
    }


def _scaled_object(wanted: Scaling, cluster: Cluster) -> Object:
    triggers: list[Object] = [
        {"type": name, "metricType": "Utilization", "metadata": {"value": str(percent)}}
        for name, percent in _targets(wanted).items()
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
    return {
        "minReplicaCount": wanted.min,
        "maxReplicaCount": wanted.max,
        "cooldownPeriod": wanted.down_after_s,
        "advanced": {"horizontalPodAutoscalerConfig": {"behavior": _behavior(wanted)}},
        "triggers": triggers,
    }


def _workload(group: PlannedGroup, deployment: Deployment, track: Track | None) -> Object:
    kind = workload_kind(group, deployment)
    return {"apiVersion": "apps/v1", "kind": kind, "name": workload_name(group, track)}


def _targets(wanted: Scaling) -> dict[str, int]:
    return {"cpu": wanted.cpu_percent, "memory": wanted.memory_percent}


def _behavior(wanted: Scaling) -> Object:
    """Up at once, at most doubling every 15 s; down one pod a minute after the stabilization window."""
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
