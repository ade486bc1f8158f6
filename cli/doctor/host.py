"""Judges what a deployment needs of the machine below the daemon: folders, secrets, devices, its address. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from urllib.parse import urlsplit

from cli.diagnostics.check import Check, good, unknown, warning, wrong
from cli.diagnostics.fix_commands import Mends
from cli.doctor.facts import HostFacts, MachineFacts, PathFacts, secret_file
from fleet.model import RunAs
from fleet.plan.deployment import Deployment, PlannedVolume

_REMOTE = "does not show over the Docker API"
_CLOSED = "you may not look there"
_READ, _READ_AND_ENTER, _WRITE_AND_ENTER = 0o4, 0o5, 0o7
_OTHERS_READ = 0o004


def host_checks(deployment: Deployment, facts: MachineFacts, mends: Mends) -> Iterator[Check]:
    """One check a bind folder, a secret and a device, and one for the LAN address where ports are opened on it."""
    for volume in deployment.volumes.values():
        if volume.bind:
            yield _folder(volume, volume.bind, deployment, facts.host, mends)
    for name in sorted({name for container in deployment.containers for name in container.secrets}):
        yield _secret(name, deployment, facts.host, mends)
    for device in sorted({device for container in deployment.containers for device in container.devices}):
        yield _device(device, facts.host, mends)
    if deployment.published and deployment.machine.lan_address:
        yield _address(deployment, facts.host, mends)


def _folder(volume: PlannedVolume, path: str, deployment: Deployment, host: HostFacts | None, mends: Mends) -> Check:
    found, hidden = _look(path, host)
    check, what, quoted = "bind folder", f"for volume {volume.name}: ", shlex.quote(path)
    users = _users(volume, deployment)
    if hidden:
        return unknown(path, check, f"{what}{hidden}", _show(path, mends))
    if found is None:
        owner = next(iter(users), RunAs(uid=0, gid=0))
        make = mends.on_machine(f"sudo install -d -o {owner.uid} -g {owner.gid} -m 0770 {quoted}")
        return wrong(path, check, f"{what}does not exist", make)
    if not found.is_folder:
        return wrong(path, check, f"{what}is no folder", _show(path, mends))
    barred = [user for user, needed in users.items() if not _may(found, user, needed)]
    if barred:
        figure = f"{what}{', '.join(map(str, barred))} may not use it ({_owner(found)})"
        return wrong(path, check, figure, mends.on_machine(f"sudo chown {barred[0]} {quoted}"))
    return good(path, check, f"{what}{_owner(found)}")


def _users(volume: PlannedVolume, deployment: Deployment) -> dict[RunAs, int]:
    """Who mounts a volume -> the permissions it needs; writers first."""
    found: dict[RunAs, int] = {}
    for container in deployment.containers:
        for mount in container.mounts:
            if mount.volume == volume.key:
                needed = _READ_AND_ENTER if mount.read_only else _WRITE_AND_ENTER
                user = container.hardening.run_as
                found[user] = found.get(user, 0) | needed
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def _secret(name: str, deployment: Deployment, host: HostFacts | None, mends: Mends) -> Check:
    path = secret_file(deployment, name)
    found, hidden = _look(path, host)
    quoted = shlex.quote(path)
    users = [container.hardening.run_as for container in deployment.containers if name in container.secrets]
    if hidden:
        return unknown(path, "secret", hidden, _show(path, mends))
    if found is None:
        # The value comes from the terminal, so that it stands in no history and no list of processes.
        make = f"sudo install -D -o {users[0].uid} -g {users[0].gid} -m 0400 /dev/stdin {quoted}"
        return wrong(path, "secret", "does not exist", mends.on_machine(make))
    if found.is_folder:
        return wrong(path, "secret", "is a folder, not a file", _show(path, mends))
    barred = [user for user in users if not _may(found, user, _READ)]
    if barred:
        figure = f"{', '.join(map(str, barred))} may not read it ({_owner(found)})"
        return wrong(path, "secret", figure, mends.on_machine(f"sudo chown {barred[0]} {quoted}"))
    if found.mode & _OTHERS_READ:
        figure = f"everyone on the machine may read it ({_owner(found)})"
        return warning(path, "secret", figure, mends.on_machine(f"sudo chmod o= {quoted}"))
    return good(path, "secret", _owner(found))


def _device(path: str, host: HostFacts | None, mends: Mends) -> Check:
    found, hidden = _look(path, host)
    if hidden:
        return unknown(path, "device", hidden, _show(path, mends))
    if found is None:
        figure = "is not there: Docker refuses a container that asks for it"
        mend = f"load its driver, or drop it from machine.devices in {mends.stack_file} and from the group that asks"
        return wrong(path, "device", figure, mend)
    return good(path, "device", "there")


def _address(deployment: Deployment, host: HostFacts | None, mends: Mends) -> Check:
    address = str(deployment.machine.lan_address)
    if host is not None:
        if host.own_address:
            return good(address, "LAN address", "belongs to this machine")
        correct = f"correct machine.lan_address in {mends.stack_file}; `ip -4 -brief address` shows this machine's"
        return wrong(address, "LAN address", "is none of this machine's: no port can be opened on it", correct)
    if urlsplit(deployment.machine.connection).hostname == address:
        return good(address, "LAN address", "the connection goes there")
    return unknown(address, "LAN address", _REMOTE, mends.on_machine("ip -4 -brief address"))


def _look(path: str, host: HostFacts | None) -> tuple[PathFacts | None, str]:
    """A path, None where it is not there; and why it cannot be seen, empty where it can."""
    if host is None:
        return None, _REMOTE
    return host.paths.get(path), "" if path in host.paths else _CLOSED


def _show(path: str, mends: Mends) -> str:
    return mends.on_machine(f"sudo ls -ldn {shlex.quote(path)}")


def _owner(found: PathFacts) -> str:
    return f"owner {found.uid}:{found.gid}, mode {found.mode:o}"


def _may(path: PathFacts, user: RunAs, needed: int) -> bool:
    """By owner, group and others, as the kernel looks: the first that applies decides."""
    if user.uid == 0:
        return True
    shift = 6 if path.uid == user.uid else 3 if path.gid == user.gid else 0
    return path.mode >> shift & needed == needed
