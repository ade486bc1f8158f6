"""Where the mounts of one container can be: which exclude each other, and which cannot be made below others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from fleet.model.base import Breach
from fleet.model.paths import SHARED_MEMORY, within

SECRETS_PATH = "/run/secrets"
"""Folder of secrets inside a container."""

ADDRESS_BOOK_PATH = "/etc/fleet"
"""Folder of the address book inside a container of a pod."""

_RESERVED_FOLDERS = (SECRETS_PATH, ADDRESS_BOOK_PATH)

CODE_PATH = "/app"
"""Folder of the agents' code in their image."""

_PACKAGES_PATH = "/opt/venv"
"""Python environment in the agents' image."""


class MountPoint(NamedTuple):
    """A mount of a container, and where its file says so."""

    place: tuple[str | int, ...]
    path: str
    read_only: bool = False
    is_memory: bool = False

    @property
    def target(self) -> str:
        """The path that the runtime resolves it to: /var/run links to /run in images."""
        return self.path.removeprefix("/var") if within(self.path, "/var/run") else self.path

    @property
    def owner(self) -> str:
        return ".".join(map(str, self.place[:2]))


def mount_breaches(points: list[MountPoint], *, has_secrets: bool) -> Iterator[Breach]:
    """Mounts at one path, at a reserved one, and those whose mount point cannot be made."""
    by_target: dict[str, MountPoint] = {}
    for point in points:
        first = by_target.setdefault(point.target, point)
        if first is not point:
            problem = f"{point.path} is already mounted by {first.owner}"
            yield point.place, f"{problem}; use another path for one of the two"
        if point.target == SHARED_MEMORY or any(within(point.target, folder) for folder in _RESERVED_FOLDERS):
            yield point.place, f"{point.path} is reserved; use shared_memory or secrets, or another path"
        elif point.read_only and has_secrets and within(SECRETS_PATH, point.target):
            text = f"{point.path} is read-only, so that secrets cannot be mounted at {SECRETS_PATH}; use another path"
            yield point.place, text
    for point in points:
        if outer := _read_only_above(point, by_target):
            problem = f"{point.path} cannot be mounted below {outer.path}, which {outer.owner} mounts read-only"
            yield point.place, f"{problem}; use a path outside it"


def agent_host_breaches(points: list[MountPoint]) -> Iterator[Breach]:
    """Mounts that hide what the agent host's image runs."""
    for point in points:
        if within(_PACKAGES_PATH, point.path) or within(point.path, _PACKAGES_PATH):
            yield (
                point.place,
                f"{point.path} would hide the image's {_PACKAGES_PATH}; use a folder such as /data",
            )
        elif point.is_memory and point.path == CODE_PATH:
            yield point.place, f"{point.path} would hide the agents' code; use a folder such as /scratch"


def _read_only_above(point: MountPoint, by_target: Mapping[str, MountPoint]) -> MountPoint | None:
    """The nearest mount above a mount point, if it is read-only: the runtime makes the point in it."""
    folder = point.target
    while folder := folder.rpartition("/")[0]:
        if outer := by_target.get(folder):
            return outer if outer.read_only else None
    return None
