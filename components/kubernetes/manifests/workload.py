"""Workloads of a group: a Deployment, or a StatefulSet where it owns data for a single writer; one a version."""

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
from components.kubernetes.manifests.pod import address_books, pod_template
from fleet.model import Cluster, RolloutStrategy, Track
from fleet.plan.deployment import Deployment, PlannedGroup

_HISTORY = 5
_PROGRESS_DEADLINE_S = 600


def is_stateful(group: PlannedGroup, deployment: Deployment) -> bool:
    """Whether a group owns data that takes one writer: its pod must be gone before the next one starts."""
    return any(volume.single_writer and volume.group == group.name for volume in deployment.volumes.values())


def workload_kind(group: PlannedGroup, deployment: Deployment) -> str:
    """`Deployment` or `StatefulSet`."""
    return "StatefulSet" if is_stateful(group, deployment) else "Deployment"


def workloads(group: PlannedGroup, deployment: Deployment, cluster: Cluster) -> Iterator[Manifest]:
    """What a group's pods need besides themselves, and then the pods."""
    account = api_object("v1", "ServiceAccount", metadata(group, deployment), automountServiceAccountToken=False)
    yield Manifest(f"{group.name}-account", group.name, account)
    books = address_books(group)
    if books:
        settings = api_object("v1", "ConfigMap", metadata(group, deployment), data=books)
        yield Manifest(f"{group.name}-settings", group.name, settings)
    for track, image in tracks(group) or ((None, None),):
        yield _workload(group, deployment, cluster, track, image)


def progress_deadline_s(group: PlannedGroup) -> int:
    """Seconds within which one new pod must be ready; a rollout that stands still for longer has failed."""
    return max(_PROGRESS_DEADLINE_S, *(container.health.deadline_s for container in group.containers))


def _workload(
    group: PlannedGroup, deployment: Deployment, cluster: Cluster, track: Track | None, image: str | None
) -> Manifest:
    name = workload_name(group, track)
    template = pod_template(group, deployment, cluster, track, image)
    spec: Object = {"selector": {"matchLabels": selector(group, track)}, "template": template}
    if not group.operation.scaling.is_elastic:
        # Of an elastic group the autoscaler says how many; a number here would undo what it did.
        spec["replicas"] = group.operation.scaling.min
    about = metadata(group, deployment, name, track)
    if is_stateful(group, deployment):
        spec |= {"serviceName": group.name, "revisionHistoryLimit": _HISTORY}
        return Manifest(f"{name}-pods", group.name, api_object("apps/v1", "StatefulSet", about, spec=spec))
    spec |= {
        "strategy": _strategy(group),
        "revisionHistoryLimit": _HISTORY,
        "progressDeadlineSeconds": progress_deadline_s(group),
    }
    return Manifest(f"{name}-pods", group.name, api_object("apps/v1", "Deployment", about, spec=spec))


def _strategy(group: PlannedGroup) -> Object:
    rollout = group.operation.rollout
    if rollout.strategy is RolloutStrategy.RECREATE:
        return {"type": "Recreate"}
    return {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxSurge": rollout.surge, "maxUnavailable": rollout.unavailable},
    }
