"""A moving group's data and secrets: where each target keeps them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fleet.model import ContainerGroup, Stack, VolumeKind
from fleet.model.cloud import Backing
from fleet.relocation.row import NOTHING, Row

_KEPT = "the old volume is protected: `pulumi state unprotect` lets the old stack drop it, and the data stays"
_NOTES: Mapping[VolumeKind, str] = {
    VolumeKind.DATA: f"data does not move by itself: stop the group, copy it over, and start it there; {_KEPT}",
    VolumeKind.CACHE: f"it is filled anew there, or copied over; {_KEPT}",
    VolumeKind.SCRATCH: "it starts empty there",
}


def volume_rows(group: ContainerGroup, here: Stack | None, there: Stack) -> Iterator[Row]:
    """The volumes it owns, and those of other groups that it mounts."""
    for key, volume in sorted(group.volumes.items()):
        scratch = volume.kind is VolumeKind.SCRATCH
        before = _volume(key, group, here, scratch=scratch) if here else NOTHING
        yield Row(f"{key} ({volume.kind})", before, _volume(key, group, there, scratch=scratch), _NOTES[volume.kind])
    mounted = {key for container in group.containers.values() for key in container.mounts}
    for key in sorted(mounted - set(group.volumes)):
        before = _volume(key, group, here, scratch=False) if here else NOTHING
        note = "it is another group's, and goes nowhere with this one"
        yield Row(f"{key} (mounted)", before, f"must be there on {there.name} too", note)


def secret_rows(group: ContainerGroup, here: Stack | None, there: Stack) -> Iterator[Row]:
    """Each secret: the container reads the same file, and its owner fills another place."""
    names = sorted({name for container in group.containers.values() for name in container.secrets})
    for name in names:
        after, note = _secret(name, group, there)
        yield Row(name, _secret(name, group, here)[0] if here else NOTHING, after, note)


def _volume(key: str, group: ContainerGroup, stack: Stack, *, scratch: bool) -> str:
    machine = stack.machine
    if machine.cloud:
        backing = machine.cloud.service(group.name).volumes.get(key)
        if backing:
            return "a Cloud Storage bucket" if backing is Backing.BUCKET else "Cloud SQL, and no files"
        return "the instance's memory" if scratch else "nowhere yet"
    if machine.cluster:
        where = machine.cluster.namespace_of(group.tenant)
        return "the pod's own, gone with it" if scratch else f"claim {key} in {where}"
    folder = machine.binds.get(key)
    return f"{folder} on {stack.name}" if folder else f"volume {machine.name}-{key} on {stack.name}"


def _secret(name: str, group: ContainerGroup, stack: Stack) -> tuple[str, str]:
    """Where a stack keeps it, and how its owner puts it there."""
    machine = stack.machine
    if machine.cloud:
        known = machine.cloud.secrets.get(name)
        version = f"version {known.version}" if known else "no version yet"
        note = f"gcloud secrets versions add {name} --data-file=FILE"
        return f"{name} in Secret Manager, {version}", note
    if machine.cluster:
        where = machine.cluster.namespace_of(group.tenant)
        note = f"kubectl -n {where} create secret generic {name} --from-file=value=FILE"
        return f"Secret {name} of {where}", note
    return f"{machine.secrets_folder}/{name} on {stack.name}", "write its file there, readable by the agents' user"
