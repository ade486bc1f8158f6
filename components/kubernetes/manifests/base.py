"""A manifest, and the names and labels that all of them share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fleet.labels import GROUP, TENANT, TRACK
from fleet.model import RolloutState, Track
from fleet.plan.deployment import Deployment, PlannedGroup

Object = dict[str, Any]

MANAGED_BY = {"app.kubernetes.io/managed-by": "fleet"}
NAMESPACE_NAME_LABEL = "kubernetes.io/metadata.name"
"""Label that every namespace has of itself."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """One object of the API. `key` is unique in its stack; `group` owns it, None for what all groups share."""

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


def api_object(api_version: str, kind: str, metadata: Object, **body: Any) -> Object:
    """An object of the API; parts that are empty are left out."""
    filled = {key: value for key, value in metadata.items() if value}
    return {"apiVersion": api_version, "kind": kind, "metadata": filled, **{k: v for k, v in body.items() if v != {}}}


def namespace_of(group: PlannedGroup, deployment: Deployment) -> str:
    """Namespace of a group."""
    cluster = deployment.machine.cluster
    if cluster is None:
        msg = f"{deployment.machine.name} is no cluster"
        raise TypeError(msg)
    return cluster.namespace_of(group.tenant)


def selector(group: PlannedGroup, track: Track | None = None) -> dict[str, str]:
    """Labels that tell a group's pods from all others, of one version where two run."""
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


def metadata(group: PlannedGroup, deployment: Deployment, name: str = "", track: Track | None = None) -> Object:
    """Metadata of an object of a group; named after the group where no name is given."""
    return {
        "name": name or group.name,
        "namespace": namespace_of(group, deployment),
        "labels": labels(group, track),
    }


def tracks(group: PlannedGroup) -> tuple[tuple[Track, str | None], ...]:
    """The versions of a group that run: each with the image of its main container, None for the group's own.

    Nothing for a group that is replaced in place.
    """
    if not group.operation.rollout.has_two_tracks:
        return ()
    state = group.operation.state or RolloutState()
    live = (state.track, state.image)
    return (live, (state.track.other, state.candidate)) if state.candidate else (live,)


def live_track(group: PlannedGroup) -> Track | None:
    """The version that requests inside the cluster go to; None where there is only one."""
    running = tracks(group)
    state = group.operation.state
    if not running:
        return None
    return running[-1][0] if state and state.percent == 100 else running[0][0]


def workload_name(group: PlannedGroup, track: Track | None) -> str:
    """Name of a group's workload, of one version where two run."""
    return f"{group.name}-{track}" if track else group.name
