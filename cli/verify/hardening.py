"""Judges how a container is locked down and limited, against the very render that was deployed. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from cli.diagnostics.check import Check, good, wrong
from cli.diagnostics.fix_commands import Mends
from cli.diagnostics.text import MIB, cores, size
from cli.verify.facts import ContainerFacts, security_option
from components.docker.render import Rendered, render_container
from fleet.plan.deployment import Deployment, PlannedContainer
from fleet.text import thousands

Pairs = dict[str, tuple[str, str]]
"""What is compared -> as found, as planned; both as people read them."""


def lock_checks(
    container: PlannedContainer, found: ContainerFacts, deployment: Deployment, mends: Mends
) -> Iterator[Check]:
    """`hardening` and `limits`."""
    rendered = render_container(container, deployment)
    locks, limits = _locks(found, rendered), _limits(found, rendered)
    recreate = mends.recreate(container.name)
    capabilities = ", ".join(sorted(found.locks.adds)) or "no capabilities"
    root = "read-only root" if found.locks.read_only_root else "writable root"
    privileges = "no new privileges" if rendered["security_opts"] else "new privileges allowed"
    yield _compared(
        container.name, "hardening", locks, f"{found.locks.user}, {root}, {capabilities}, {privileges}", recreate
    )
    shown = (
        f"{size(found.limits.memory)} memory without swap, {cores(found.limits.cpu_millicores)} CPUs, "
        f"{thousands(found.limits.processes)} processes"
    )
    yield _compared(container.name, "limits", limits, shown, recreate)


def _compared(name: str, check: str, pairs: Pairs, shown: str, mend: str) -> Check:
    faults = [f"{what} {actual}, planned {planned}" for what, (actual, planned) in pairs.items() if actual != planned]
    return wrong(name, check, "; ".join(faults), mend) if faults else good(name, check, shown)


def _locks(found: ContainerFacts, rendered: Rendered) -> Pairs:
    locks, capabilities = found.locks, rendered["capabilities"]
    adds = {name.removeprefix("CAP_") for name in capabilities.get("adds", [])}
    options = {security_option(option) for option in rendered["security_opts"]}
    # Docker adds it by itself to whoever shares the host's memory.
    extra = {"label=disable"} if rendered["ipc_mode"] == "host" else set()
    return {
        "user": (locks.user or "the image's own", rendered["user"]),
        "root": (_root(read_only=locks.read_only_root), _root(read_only=rendered["read_only"])),
        "dropped capabilities": (_names(locks.drops), _names(capabilities["drops"])),
        "added capabilities": (_names(locks.adds), _names(adds)),
        "privileged": (_yes(locks.privileged), _yes(rendered["privileged"])),
        "security options": (_names(locks.security_options - extra), _names(options)),
        "IPC": (locks.ipc_mode or "unset", rendered["ipc_mode"]),
        "init": (_yes(locks.init), _yes(rendered["init"])),
        "tmpfs": (_folders(dict(locks.tmpfs)), _folders(rendered["tmpfs"])),
        "devices": (_names(locks.devices), _names(device["host_path"] for device in rendered.get("devices", []))),
    }


def _limits(found: ContainerFacts, rendered: Rendered) -> Pairs:
    limits = found.limits
    planned = {limit["name"]: str(limit["hard"]) for limit in rendered["ulimits"]}
    pairs = {
        "memory": (_size(limits.memory), _size(rendered["memory"] * MIB)),
        "memory with swap": (_size(limits.memory_and_swap), _size(rendered["memory_swap"] * MIB)),
        "CPUs": (_number(limits.cpu_millicores), _number(round(float(rendered["cpus"]) * 1000))),
        "CPU shares": (str(limits.cpu_shares), str(rendered["cpu_shares"])),
        "processes": (str(limits.processes or "no limit"), planned["nproc"]),
        "open files": (str(limits.open_files or "no limit"), planned["nofile"]),
    }
    if "shm_size" in rendered:
        pairs["shared memory size"] = (_size(limits.shared_memory), _size(rendered["shm_size"] * MIB))
    return pairs


def _names(names: object) -> str:
    return ", ".join(sorted(map(str, names))) or "none"  # type: ignore[call-overload]


def _root(*, read_only: bool) -> str:
    return "read-only" if read_only else "writable"


def _yes(value: object) -> str:
    return "yes" if value else "no"


def _folders(folders: dict[str, str]) -> str:
    return ", ".join(f"{path} ({options})" for path, options in sorted(folders.items())) or "none"


def _size(size_bytes: int) -> str:
    return size(size_bytes) if size_bytes > 0 else "no limit"


def _number(millicores: int) -> str:
    return cores(millicores) if millicores else "no limit"
