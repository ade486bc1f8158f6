"""Folders and files that must be on a Docker machine before its containers start, and the commands for them. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fleet.model import RunAs
from fleet.plan.deployment import Deployment, PlannedVolume

_READ, _READ_AND_ENTER, _WRITE_AND_ENTER = 0o4, 0o5, 0o7


@dataclass(frozen=True, slots=True)
class HostPath:
    """A path; users: who needs it -> permission bits, writers first; make: the command that creates it."""

    path: str
    users: Mapping[RunAs, int]
    make: str


def bind_folders(deployment: Deployment) -> Iterator[tuple[PlannedVolume, HostPath]]:
    """The folders behind volumes."""
    for volume in deployment.volumes.values():
        if volume.bind:
            users = _users_of(volume, deployment)
            owner = next(iter(users), RunAs(uid=0, gid=0))
            make = f"sudo install -d -o {owner.uid} -g {owner.gid} -m 0770 {shlex.quote(volume.bind)}"
            yield volume, HostPath(volume.bind, users, make)


def secret_files(deployment: Deployment) -> Iterator[HostPath]:
    """The files of secrets. Their commands read the value from the terminal: no history or process list shows it."""
    for name in sorted({name for container in deployment.containers for name in container.secrets}):
        path = secret_file(deployment, name)
        users = {c.hardening.user: _READ for c in deployment.containers if name in c.secrets}
        known = {user: bits for user, bits in users.items() if user}
        owner = next(iter(known), RunAs(uid=0, gid=0))
        make = f"sudo install -D -o {owner.uid} -g {owner.gid} -m 0400 /dev/stdin {shlex.quote(path)}"
        yield HostPath(path, known, make)


def secret_file(deployment: Deployment, name: str) -> str:
    """Path of a secret on the machine."""
    return f"{deployment.machine.secrets_folder}/{name}"


def devices(deployment: Deployment) -> list[str]:
    """Paths of the host devices that containers request."""
    return sorted({device for container in deployment.containers for device in container.devices})


def _users_of(volume: PlannedVolume, deployment: Deployment) -> dict[RunAs, int]:
    users: dict[RunAs, int] = {}
    for container in deployment.containers:
        for mount in container.mounts:
            if mount.volume == volume.key:
                user = container.hardening.user
                if user is None:
                    continue
                users[user] = users.get(user, 0) | (_READ_AND_ENTER if mount.read_only else _WRITE_AND_ENTER)
    return dict(sorted(users.items(), key=lambda item: -item[1]))
