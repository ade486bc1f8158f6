"""Compares the hardening and limits of a container with the render that was deployed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cli.diagnostics.check import Check, good, wrong
from cli.diagnostics.fix_commands import Fixes
from cli.diagnostics.text import MIB, cores, size
from cli.verify.facts import ContainerFacts, security_option
from components.docker.render import Rendered, render_container
from fleet.plan.deployment import Deployment, PlannedContainer
from fleet.text import thousands

Pairs = dict[str, tuple[str, str]]
"""Property -> (found, planned), both as text."""


def hardening_checks(
    container: PlannedContainer, found: ContainerFacts, deployment: Deployment, fixes: Fixes
) -> Iterator[Check]:
    """`hardening` and `limits`."""
    rendered = render_container(container, deployment)
    hardening, limits = found.hardening, found.limits
    capabilities = ", ".join(sorted(hardening.adds)) or "no capabilities"
    privileges = "no new privileges" if rendered["security_opts"] else "new privileges allowed"
    shown = {
        "hardening": f"{hardening.user}, {_root(hardening.read_only_root)} root, {capabilities}, {privileges}",
        "limits": f"{size(limits.memory)} memory without swap, {cores(limits.cpu_millicores)} CPUs, "
        f"{thousands(limits.processes)} processes",
    }
    for check, pairs in (("hardening", _hardening(found, rendered)), ("limits", _limits(found, rendered))):
        differences = [
            f"{name} {actual}, planned {planned}" for name, (actual, planned) in pairs.items() if actual != planned
        ]
        if differences:
            yield wrong(container.name, check, "; ".join(differences), fixes.recreate(container.name))
        else:
            yield good(container.name, check, shown[check])


def _hardening(found: ContainerFacts, rendered: Rendered) -> Pairs:
    actual, capabilities = found.hardening, rendered["capabilities"]
    adds = {name.removeprefix("CAP_") for name in capabilities.get("adds", [])}
    options = {security_option(option) for option in rendered["security_opts"]}
    # Docker itself adds it to containers that share the host's IPC namespace.
    extra = {"label=disable"} if rendered["ipc_mode"] == "host" else set()
    return {
        "user": (actual.user or "the image's own", rendered["user"]),
        "root": (_root(actual.read_only_root), _root(rendered["read_only"])),
        "dropped capabilities": (_names(actual.drops), _names(capabilities["drops"])),
        "added capabilities": (_names(actual.adds), _names(adds)),
        "privileged": (_yes(actual.privileged), _yes(rendered["privileged"])),
        "security options": (_names(actual.security_options - extra), _names(options)),
        "IPC": (actual.ipc_mode or "unset", rendered["ipc_mode"]),
        "init": (_yes(actual.init), _yes(rendered["init"])),
        "tmpfs": (_folders(dict(actual.tmpfs)), _folders(rendered["tmpfs"])),
        "devices": (_names(actual.devices), _names(device["host_path"] for device in rendered.get("devices", []))),
    }


def _limits(found: ContainerFacts, rendered: Rendered) -> Pairs:
    limits = found.limits
    planned = {limit["name"]: str(limit["hard"]) for limit in rendered["ulimits"]}
    pairs = {
        "memory": (_size(limits.memory), _size(rendered["memory"] * MIB)),
        "memory with swap": (_size(limits.memory_and_swap), _size(rendered["memory_swap"] * MIB)),
        "CPUs": (_cpus(limits.cpu_millicores), _cpus(round(float(rendered["cpus"]) * 1000))),
        "CPU shares": (str(limits.cpu_shares), str(rendered["cpu_shares"])),
        "processes": (str(limits.processes or "no limit"), planned["nproc"]),
        "open files": (str(limits.open_files or "no limit"), planned["nofile"]),
    }
    if "shm_size" in rendered:
        pairs["shared memory size"] = (_size(limits.shared_memory), _size(rendered["shm_size"] * MIB))
    return pairs


def _names(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _root(read_only: object) -> str:
    return "read-only" if read_only else "writable"


def _yes(value: object) -> str:
    return "yes" if value else "no"


def _folders(folders: dict[str, str]) -> str:
    return _names(f"{path} ({options})" for path, options in folders.items())


def _size(size_bytes: int) -> str:
    return size(size_bytes) if size_bytes > 0 else "no limit"


def _cpus(millicores: int) -> str:
    return cores(millicores) if millicores else "no limit"
