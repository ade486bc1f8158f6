"""Judges what a deployment needs of the machine below the daemon: folders, devices, its address. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from urllib.parse import urlsplit

from cli.live.check import Check, good, unknown, wrong
from cli.live.machine_facts import FolderFacts, HostFacts, MachineFacts
from cli.live.mends import Mends
from fleet.model import RunAs
from fleet.plan.deployment import Deployment, PlannedVolume

_REMOTE = "does not show over the Docker API"


def host_checks(deployment: Deployment, facts: MachineFacts, mends: Mends) -> Iterator[Check]:
    """One check a bind folder, one a device, and one for the LAN address where ports are opened on it."""
    for volume in deployment.volumes.values():
        if volume.bind:
            yield _folder(volume, volume.bind, deployment, facts.host, mends)
    for device in sorted({device for container in deployment.containers for device in container.devices}):
        yield _device(device, facts.host, mends)
    if deployment.published and deployment.machine.lan_address:
        yield _address(deployment, facts.host, mends)


def _folder(volume: PlannedVolume, path: str, deployment: Deployment, host: HostFacts | None, mends: Mends) -> Check:
    quoted = shlex.quote(path)
    if host is None:
        show = mends.on_machine(f"stat -c '%u:%g %a %F' {quoted}")
        return unknown(path, "bind folder", f"for volume {volume.name}: {_REMOTE}", show)
    found, users = host.folders.get(path), _users(volume, deployment)
    owner = next(iter(users), RunAs(uid=0, gid=0))
    make = mends.on_machine(f"sudo install -d -o {owner.uid} -g {owner.gid} -m 0770 {quoted}")
    if found is None:
        return wrong(path, "bind folder", f"for volume {volume.name}: does not exist", make)
    if not found.is_folder:
        return wrong(
            path, "bind folder", f"for volume {volume.name}: is no folder", mends.on_machine(f"ls -l {quoted}")
        )
    shown = f"owner {found.uid}:{found.gid}, mode {found.mode:o}"
    barred = [str(user) for user, writes in users.items() if not _may_use(found, user, writes=writes)]
    if barred:
        figure = f"for volume {volume.name}: {', '.join(barred)} may not use it ({shown})"
        return wrong(path, "bind folder", figure, mends.on_machine(f"sudo chown {owner} {quoted}"))
    return good(path, "bind folder", f"for volume {volume.name}: {shown}")


def _users(volume: PlannedVolume, deployment: Deployment) -> dict[RunAs, bool]:
    """Who mounts a volume -> whether to write; writers first."""
    found: dict[RunAs, bool] = {}
    for container in deployment.containers:
        for mount in container.mounts:
            if mount.volume == volume.key:
                user = container.hardening.run_as
                found[user] = found.get(user, False) or not mount.read_only
    return dict(sorted(found.items(), key=lambda item: not item[1]))


def _may_use(folder: FolderFacts, user: RunAs, *, writes: bool) -> bool:
    """By owner, group and others, as the kernel looks: the first that applies decides."""
    if user.uid == 0:
        return True
    shift = 6 if folder.uid == user.uid else 3 if folder.gid == user.gid else 0
    needed = 0o7 if writes else 0o5
    return folder.mode >> shift & needed == needed


def _device(path: str, host: HostFacts | None, mends: Mends) -> Check:
    if host is None:
        return unknown(path, "device", _REMOTE, mends.on_machine(f"ls -l {shlex.quote(path)}"))
    if not host.devices.get(path):
        figure = "is not there: Docker refuses a container that asks for it"
        return wrong(
            path, "device", figure, f"remove it from machine.devices in {mends.stack_file}, or load its driver"
        )
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
