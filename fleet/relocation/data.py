"""A moving group's data and secrets: where each target keeps them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fleet.model import ContainerGroup, Stack, VolumeKind
from fleet.relocation.row import NOTHING, Row
from fleet.targets.registry import target_of

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
        before = target_of(here).volume_text(key, group, here, scratch=scratch) if here else NOTHING
        yield Row(
            f"{key} ({volume.kind})",
            before,
            target_of(there).volume_text(key, group, there, scratch=scratch),
            _NOTES[volume.kind],
        )
    mounted = {key for container in group.containers.values() for key in container.mounts}
    for key in sorted(mounted - set(group.volumes)):
        before = target_of(here).volume_text(key, group, here, scratch=False) if here else NOTHING
        note = "it is another group's, and goes nowhere with this one"
        yield Row(f"{key} (mounted)", before, f"must be there on {there.name} too", note)


def secret_rows(group: ContainerGroup, here: Stack | None, there: Stack) -> Iterator[Row]:
    """Each secret: the container reads the same file, and its owner fills another place."""
    names = sorted({name for container in group.containers.values() for name in container.secrets})
    for name in names:
        after, note = target_of(there).secret_text(name, group, there)
        yield Row(name, target_of(here).secret_text(name, group, here)[0] if here else NOTHING, after, note)
