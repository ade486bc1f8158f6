"""Why an update failed, in one message: what the machine shows, else what a provider's error means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from cli.deploy.build_output import diagnostics, failed_builds
from cli.deploy.preflight import obstacles, obstacles_text
from cli.diagnostics.check import Check, wrong
from cli.diagnostics.fix_commands import Fixes
from cli.terminal import UserError
from components.docker.host_paths import bind_folders, secret_files
from fleet.plan.deployment import Deployment
from fleet.targets.registry import profile

GUIDE = "docs/interrupted-updates.md"


def failure_text(root: Path, deployment: Deployment, events: Path) -> str:
    """Failed builds with their output, else the causes with their fixes, else what to look at.

    events: the engine's event log.
    """
    stack = deployment.stack
    if builds := failed_builds(events):
        return "\n".join(builds)
    try:
        found = obstacles(root, deployment)
    except UserError as error:
        return str(error)
    if found := found or list(causes(deployment, events)):
        return obstacles_text(f"{stack}: the update failed, since", found)
    if profile(deployment.machine.target).has_daemon:
        return f"`fleet doctor {stack}` lists what the machine lacks, with the commands that fix it; see {GUIDE}"
    return f"the error above has the cause; {GUIDE} says how to go on"


def causes(deployment: Deployment, events: Path) -> Iterator[Check]:
    """The errors of an event log that have a known cause, each once."""
    fixes = Fixes(deployment)
    text = "\n".join(str(event.get("message")) for event in diagnostics(events) if event.get("severity") == "error")
    for pattern, cause in _CAUSES.items():
        for groups in dict.fromkeys(match.groups() for match in re.finditer(pattern, text)):
            yield cause(fixes, *groups)


def _locked(fixes: Fixes) -> Check:
    cancel = fixes.pulumi("cancel", "--yes", fixes.deployment.stack)
    return wrong("state", "lock", "another update runs, or was killed; wait for it, or if none runs", cancel)


def _taken_by_container(fixes: Fixes, address: str, port: str) -> Check:
    show = fixes.docker("ps", "--filter", f"publish={port}")
    return wrong(f"{address}:{port}", "port", "used by another container", show)


def _taken_by_program(fixes: Fixes, address: str, port: str) -> Check:
    show = fixes.on_machine(f"sudo ss -lnp 'sport = {port}'")
    return wrong(f"{address}:{port}", "port", "used by a program of the machine", show)


def _no_address(fixes: Fixes, address: str, _port: str) -> Check:
    return wrong(address, "address", "is not the machine's", f"correct machine.lan_address in {fixes.stack_file}")


def _overlap(fixes: Fixes) -> Check:
    subnet = str(fixes.deployment.machine.network.subnet)
    fix = f"set machine.network.subnet in {fixes.stack_file} to a free one; `{fixes.docker('network', 'ls')}`"
    return wrong(fixes.deployment.machine.network.name, "subnet", f"{subnet} overlaps another network", fix)


def _no_path(fixes: Fixes, path: str) -> Check:
    known = [*secret_files(fixes.deployment), *(folder for _, folder in bind_folders(fixes.deployment))]
    make = next((one.make for one in known if one.path == path), f"ls -ld {path}")
    return wrong(path, "path", "does not exist on the machine", fixes.on_machine(make))


def _no_device(fixes: Fixes, path: str) -> Check:
    fix = f"load its driver, or remove it from machine.devices in {fixes.stack_file}"
    return wrong(path, "device", "does not exist on the machine", fix)


def _no_gpu(fixes: Fixes) -> Check:
    configure = fixes.on_machine("sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker")
    return wrong("machine", "GPU", "Docker has no NVIDIA container toolkit", f"install it, then {configure}")


def _disk_full(fixes: Fixes) -> Check:
    return wrong("machine", "disk", "is full", fixes.docker("system", "prune"))


def _name_taken(fixes: Fixes, name: str) -> Check:
    rename = fixes.docker("rename", name, f"{name}-old")
    return wrong(name, "name", "the name is taken by a container that this stack did not create", rename)


def _network_taken(fixes: Fixes, name: str) -> Check:
    remove = fixes.docker("network", "rm", name)
    return wrong(name, "name", "the name is taken by a network that this stack did not create", remove)


_CAUSES: dict[str, Callable[..., Check]] = {
    r"the stack is currently locked by": _locked,
    r"Bind for (\S+):(\d+) failed: port is already allocated": _taken_by_container,
    r"listen (?:tcp|udp)4? (\S+):(\d+): bind: address already in use": _taken_by_program,
    r"failed to bind host port for (\S+?):(\d+):\S*: address already in use": _taken_by_program,
    r"listen (?:tcp|udp)4? (\S+):(\d+): bind: cannot assign requested address": _no_address,
    r"Pool overlaps with other one on this address space": _overlap,
    r"bind source path does not exist: ([^:\s]+)": _no_path,
    r"failed to mount local volume: mount (/[^:\s]+):\S*.*: no such file or directory": _no_path,
    r'error gathering device information while adding custom device "([^"]+)": no such file': _no_device,
    r"could not select device driver": _no_gpu,
    r"no space left on device": _disk_full,
    r'The container name "/([^"]+)" is already in use': _name_taken,
    r"network with name (\S+) already exists": _network_taken,
}
"""Error of Pulumi or of a Docker daemon (20.10 to 28) -> its cause; its groups are the arguments."""
