"""Checks what a deployment needs of the host: folders, secrets, devices, its LAN address. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from urllib.parse import urlsplit

from cli.diagnostics.check import Check, expect, good, obstacle, unknown, warning, wrong
from cli.diagnostics.fix_commands import Fixes
from cli.doctor.facts import HostFacts, MachineFacts, PathFacts
from components.docker.host_paths import HostPath, bind_folders, devices, secret_files
from fleet.model import RunAs
from fleet.plan.deployment import Deployment

REMOTE = "not visible over the Docker API"
_READ = 0o4


def host_checks(deployment: Deployment, facts: MachineFacts, fixes: Fixes) -> Iterator[Check]:
    """One check per bind folder, secret and device, and one for the LAN address if ports are published."""
    for volume, folder in bind_folders(deployment):
        yield _path(folder, "bind folder", f"for volume {volume.name}: ", facts.host, fixes)
    for secret in secret_files(deployment):
        yield _path(secret, "secret", "", facts.host, fixes)
    # Files of cards are not listed there; `gpu_checks` reports them.
    for device in (each for each in devices(deployment) if each in deployment.machine.devices):
        yield _device(device, facts.host, fixes)
    if deployment.opens_lan and deployment.machine.lan_address:
        yield _address(deployment, facts.host, fixes)


def _path(needed: HostPath, check: str, what: str, host: HostFacts | None, fixes: Fixes) -> Check:
    """A folder or secret."""
    path, is_secret, quoted = needed.path, check == "secret", shlex.quote(needed.path)
    found, hidden = _look(path, host)
    if hidden:
        return unknown(path, check, f"{what}{hidden}", _show(path, fixes))
    if found is None:
        return obstacle(path, check, f"{what}does not exist", fixes.on_machine(needed.make))
    if found.is_folder is is_secret:
        return wrong(path, check, f"{what}is not a {'file' if is_secret else 'folder'}", _show(path, fixes))
    owner = f"owner {found.uid}:{found.gid}, mode {found.mode:o}"
    if barred := [user for user, bits in needed.users.items() if not _may(found, user, bits)]:
        figure = f"{what}{', '.join(map(str, barred))} may not {'read' if is_secret else 'use'} it ({owner})"
        return wrong(path, check, figure, fixes.on_machine(f"sudo chown {barred[0]} {quoted}"))
    problem = f"readable by everyone on the machine ({owner})"
    is_private = not (is_secret and found.mode & _READ)
    return expect(
        path, check, is_private, f"{what}{owner}", problem, fixes.on_machine(f"sudo chmod o= {quoted}"), warning
    )


def _device(path: str, host: HostFacts | None, fixes: Fixes) -> Check:
    found, hidden = _look(path, host)
    if hidden:
        return unknown(path, "device", hidden, _show(path, fixes))
    problem = "does not exist: Docker rejects containers that request it"
    fix = f"load its driver, or remove it from machine.devices in {fixes.stack_file} and from the group"
    return expect(path, "device", found, "exists", problem, fix, obstacle)


def _address(deployment: Deployment, host: HostFacts | None, fixes: Fixes) -> Check:
    address, check = str(deployment.machine.lan_address), "LAN address"
    if host is not None:
        problem = "is not an address of this machine: no port can be opened on it"
        fix = f"correct machine.lan_address in {fixes.stack_file}; `ip -4 -brief address` shows this machine's"
        return expect(address, check, host.own_address, "belongs to this machine", problem, fix, obstacle)
    if urlsplit(deployment.machine.connection).hostname == address:
        return good(address, check, "the connection uses it")
    return unknown(address, check, REMOTE, fixes.on_machine("ip -4 -brief address"))


def _look(path: str, host: HostFacts | None) -> tuple[PathFacts | None, str]:
    """A path, None if it does not exist; and why it cannot be seen, empty if it can."""
    if host is None:
        return None, REMOTE
    return host.paths.get(path), "" if path in host.paths else "permission denied"


def _show(path: str, fixes: Fixes) -> str:
    return fixes.on_machine(f"sudo ls -ldn {shlex.quote(path)}")


def _may(path: PathFacts, user: RunAs, needed: int) -> bool:
    """By owner, group, then others, as in the kernel: the first match decides."""
    shift = 6 if path.uid == user.uid else 3 if path.gid == user.gid else 0
    return user.uid == 0 or path.mode >> shift & needed == needed
