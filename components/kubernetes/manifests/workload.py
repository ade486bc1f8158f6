"""Workloads of a group: a Job if it runs to its end; else per version a Deployment, or a StatefulSet if the group owns
single-writer data."""

from __future__ import annotations

from collections.abc import Iterator

from components.kubernetes.manifests.base import Manifest, owned, selector, tracks
from components.kubernetes.manifests.files import FILES_SUFFIX, file_data
from components.kubernetes.manifests.pod import address_books, pod_template
from components.objects import Object
from fleet.model import Cluster, RolloutStrategy, Track
from fleet.plan.deployment import Deployment, PlannedGroup

_HISTORY = 5
_PROGRESS_DEADLINE_S = 600


def workload_kind(group: PlannedGroup, deployment: Deployment) -> str:
    """`Deployment`, or `StatefulSet`, which ends a pod of a single-writer volume before it starts the next one."""
    single = any(volume.single_writer and volume.group == group.name for volume in deployment.volumes.values())
    return "StatefulSet" if single else "Deployment"


def workloads(group: PlannedGroup, deployment: Deployment, cluster: Cluster) -> Iterator[Manifest]:
    """Service account and address books, then the workload of each version."""
    yield owned("account", "v1/ServiceAccount", group, deployment, automountServiceAccountToken=False)
    if books := address_books(group):
        yield owned("settings", "v1/ConfigMap", group, deployment, data=books)
    if files := file_data(group):
        yield owned("files", "v1/ConfigMap", group, deployment, suffix=FILES_SUFFIX, **files)
    if group.is_job:
        yield _job(group, deployment, cluster)
        return
    for track, image in tracks(group) or ((None, None),):
        yield _workload(group, deployment, cluster, track, image)


def progress_deadline_s(group: PlannedGroup) -> int:
    """Seconds within which a new pod must be ready, or the rollout fails."""
    return max(_PROGRESS_DEADLINE_S, *(container.health.deadline_s for container in group.containers))


def _workload(
    group: PlannedGroup, deployment: Deployment, cluster: Cluster, track: Track | None, image: str | None
) -> Manifest:
    template = pod_template(group, deployment, cluster, track, image)
    spec: Object = {"selector": {"matchLabels": selector(group, track)}, "template": template}
    if not group.operation.scaling.is_elastic:
        # For an elastic group, a number here would reset the autoscaler's.
        spec["replicas"] = group.operation.scaling.min
    kind = workload_kind(group, deployment)
    if kind == "StatefulSet":
        spec |= {"serviceName": group.name, "revisionHistoryLimit": _HISTORY}
    else:
        spec |= {
            "strategy": _strategy(group),
            "revisionHistoryLimit": _HISTORY,
            "progressDeadlineSeconds": progress_deadline_s(group),
        }
    return owned("pods", f"apps/v1/{kind}", group, deployment, track, spec=spec)


def _job(group: PlannedGroup, deployment: Deployment, cluster: Cluster) -> Manifest:
    main = group.containers[0]
    retries = main.restarts_max if main.restart == "on-failure" else 0
    template = pod_template(group, deployment, cluster, None, None)
    template["spec"]["restartPolicy"] = "OnFailure" if retries else "Never"
    spec = {
        "parallelism": 1,
        "backoffLimit": retries,
        "activeDeadlineSeconds": max(container.health.deadline_s for container in group.containers),
        "template": template,
    }
    return owned("pods", "batch/v1/Job", group, deployment, spec=spec)


def _strategy(group: PlannedGroup) -> Object:
    rollout = group.operation.rollout
    if rollout.strategy is RolloutStrategy.RECREATE:
        return {"type": "Recreate"}
    return {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxSurge": rollout.surge, "maxUnavailable": rollout.unavailable},
    }
