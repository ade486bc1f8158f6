"""A manifest, and the names and labels that all manifests share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components.objects import MANAGED_BY, api_object
from fleet.labels import GROUP, TENANT, TRACK
from fleet.model import Cluster, RolloutState, Track
from fleet.network import kubernetes_names
from fleet.plan.deployment import Deployment, PlannedGroup

NAMESPACE_NAME_LABEL = "kubernetes.io/metadata.name"
"""Label of every namespace, with its own name."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """One object of the API. `key` is unique in its stack; `group` owns it, None for a shared object."""

    key: str
    group: str | None
    object: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """`apps/v1/Deployment`."""
        return f"{self.object['apiVersion']}/{self.object['kind']}"

    @property
    def name(self) -> str:
        """Name in its namespace."""
        return str(self.object["metadata"]["name"])


def cluster_of(deployment: Deployment) -> Cluster:
    """The cluster of a deployment. Raises TypeError for any other machine (an internal error)."""
    cluster = deployment.machine.cluster
    if cluster is None:
        msg = f"{deployment.machine.name} is not a cluster"
        raise TypeError(msg)
    return cluster


def owned(
    role: str,
    kind: str,
    group: PlannedGroup,
    deployment: Deployment,
    track: Track | None = None,
    annotations: Mapping[str, str] | None = None,
    suffix: str = "",
    **body: Any,
) -> Manifest:
    """An object of a group (`track`: of one of its two versions), named after it; `kind` is `apps/v1/Deployment`."""
    name, (version, _, kind_name) = workload_name(group, track), kind.rpartition("/")
    metadata = {
        "name": f"{name}{suffix}",
        "namespace": cluster_of(deployment).namespace_of(group.tenant),
        "labels": labels(group, track),
        "annotations": annotations,
    }
    return Manifest(f"{name}-{role}", group.name, api_object(version, kind_name, metadata, **body))


def shared(
    key: str,
    kind: str,
    name: str,
    namespace: str = "",
    labels: Mapping[str, str] = MANAGED_BY,
    annotations: Mapping[str, str] | None = None,
    **body: Any,
) -> Manifest:
    """An object that groups share; of the whole cluster without a namespace."""
    version, _, kind_name = kind.rpartition("/")
    metadata = {"name": name, "namespace": namespace, "labels": dict(labels), "annotations": annotations}
    return Manifest(key, None, api_object(version, kind_name, metadata, **body))


def selector(group: PlannedGroup, track: Track | None = None) -> dict[str, str]:
    """Labels that select a group's pods, or those of one version."""
    return {GROUP: group.name, **({TRACK: str(track)} if track else {})}


def labels(group: PlannedGroup, track: Track | None = None) -> dict[str, str]:
    """Labels of everything a group owns."""
    return {
        "app.kubernetes.io/name": group.name,
        "app.kubernetes.io/part-of": group.system,
        **MANAGED_BY,
        **selector(group, track),
        **({TENANT: group.tenant} if group.tenant else {}),
    }


def tracks(group: PlannedGroup) -> tuple[tuple[Track, str | None], ...]:
    """The running versions of a group, each with the image of its main container, None for the group's own.

    Empty for a group that is updated in place.
    """
    if not group.operation.rollout.has_two_tracks:
        return ()
    state = group.operation.state or RolloutState()
    live = (state.track, state.image)
    return (live, (state.track.other, state.candidate)) if state.candidate else (live,)


def live_track(group: PlannedGroup) -> Track | None:
    """The version that receives requests from inside the cluster; None for a group updated in place."""
    running = tracks(group)
    state = group.operation.state
    if not running:
        return None
    return running[-1][0] if state and state.percent == 100 else running[0][0]


def workload_name(group: PlannedGroup, track: Track | None) -> str:
    """Name of a group's workload, or of one version's."""
    return kubernetes_names.workload_name(group.name, track)


def port_name(port: int, protocol: str, scheme: str) -> str:
    """`http-8000` or `udp-53`: unique where one number has two protocols, as the API wants it."""
    return f"{'udp' if protocol == 'udp' else scheme}-{port}"
