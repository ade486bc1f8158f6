"""Volumes and secrets of a moving group, and where each target keeps them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fleet.model import ContainerGroup, Stack, VolumeKind
from fleet.relocation.row import NOTHING, Row
from fleet.targets.registry import target_of

_KEPT = "the old volume is protected: `fleet up` of the old stack prints the command that drops it and keeps the data"
_NOTES: Mapping[VolumeKind, str] = {
    VolumeKind.DATA: f"data is not moved: stop the group, copy the data, and start the group there; {_KEPT}",
    VolumeKind.CACHE: f"refilled there, or copied; {_KEPT}",
    VolumeKind.SCRATCH: "starts empty there",
}


def volume_rows(group: ContainerGroup, here: Stack | None, there: Stack) -> Iterator[Row]:
    """The group's own volumes, and those of other groups that it mounts."""
    for key, volume in sorted(group.volumes.items()):
        scratch = volume.kind is VolumeKind.SCRATCH
        before = target_of(here).volume_text(key, group, here, scratch=scratch) if here else NOTHING
        after = target_of(there).volume_text(key, group, there, scratch=scratch)
        yield Row(f"{key} ({volume.kind})", before, after, _NOTES[volume.kind])
    mounted = {key for container in group.containers.values() for key in container.mounts}
    for key in sorted(mounted - set(group.volumes)):
        before = target_of(here).volume_text(key, group, here, scratch=False) if here else NOTHING
        note = "belongs to another group and does not move"
        yield Row(f"{key} (mounted)", before, f"must exist on {there.name}", note)


def secret_rows(group: ContainerGroup, here: Stack | None, there: Stack) -> Iterator[Row]:
    """Where the owner stores each secret; the container reads the same file."""
    for name in sorted({name for container in group.containers.values() for name in container.secrets}):
        after, note = target_of(there).secret_text(name, group, there)
        yield Row(name, target_of(here).secret_text(name, group, here)[0] if here else NOTHING, after, note)
