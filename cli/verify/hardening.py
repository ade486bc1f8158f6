"""Compares the hardening and limits of a container with the render that was deployed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cli.diagnostics.check import Check, expect
from cli.diagnostics.fix_commands import Fixes
from cli.diagnostics.text import MIB, NANO_PER_MILLICORE, cores, size
from cli.verify.facts import ContainerFacts
from components.docker.render import Rendered, render_container
from fleet.plan.deployment import Deployment
from fleet.plan.planned_container import PlannedContainer
from fleet.text import thousands

_Pairs = dict[str, tuple[str, str]]
"""Property -> (actual, planned), both as text."""


def hardening_checks(
    container: PlannedContainer, found: ContainerFacts, deployment: Deployment, fixes: Fixes
) -> Iterator[Check]:
    """`hardening` and `limits`."""
    rendered = render_container(container, deployment)
    hardening, limits = _hardening(found, rendered), _limits(found, rendered)
    added = hardening["added capabilities"][1].replace("none", "no capabilities")
    capabilities = added if "capabilities" in rendered else "default capabilities"
    user = rendered.get("user", "the image's user")
    privileges = "no new privileges" if rendered["security_opts"] else "new privileges allowed"
    processes = f"{thousands(rendered['ulimits'][0]['hard'])} processes"
    figures = {
        "hardening": f"{user}, {hardening['root'][1]} root, {capabilities}, {privileges}",
        "limits": f"{limits['memory'][1]} memory without swap, {limits['CPUs'][1]} CPUs, {processes}",
    }
    for check, pairs in (("hardening", hardening), ("limits", limits)):
        problems = [
            f"{name} {actual}, planned {planned}" for name, (actual, planned) in pairs.items() if actual != planned
        ]
        fix = fixes.recreate(container.name)
        yield expect(container.name, check, not problems, figures[check], "; ".join(problems), fix)


def _hardening(found: ContainerFacts, rendered: Rendered) -> _Pairs:
    host, capabilities = found.host, rendered.get("capabilities", {})
    options = {_security_option(option) for option in host.get("SecurityOpt") or []}
    if rendered["ipc_mode"] == "host":
        # Docker itself adds it to containers that share the host's IPC namespace.
        options.discard("label=disable")
    devices = (device["PathOnHost"] for device in host.get("Devices") or [])
    return {
        **({"user": (found.user or "the image's own", rendered["user"])} if "user" in rendered else {}),
        "root": (_root(host.get("ReadonlyRootfs")), _root(rendered["read_only"])),
        "dropped capabilities": (_capabilities(host.get("CapDrop")), _capabilities(capabilities.get("drops"))),
        "added capabilities": (_capabilities(host.get("CapAdd")), _capabilities(capabilities.get("adds"))),
        "privileged": (_yes(host.get("Privileged")), _yes(rendered["privileged"])),
        "security options": (_names(options), _names(map(_security_option, rendered["security_opts"]))),
        "IPC": (host.get("IpcMode") or "unset", rendered["ipc_mode"]),
        "init": (_yes(host.get("Init")), _yes(rendered["init"])),
        "tmpfs": (_folders(host.get("Tmpfs")), _folders(rendered["tmpfs"])),
        "devices": (_names(devices), _names(device["host_path"] for device in rendered.get("devices", []))),
    }


def _limits(found: ContainerFacts, rendered: Rendered) -> _Pairs:
    host = found.host
    actual = {limit["Name"]: str(limit["Hard"]) for limit in host.get("Ulimits") or []}
    planned = {limit["name"]: str(limit["hard"]) for limit in rendered["ulimits"]}
    cpus = (host.get("NanoCpus") or 0) // NANO_PER_MILLICORE
    pairs = {
        "memory": (_size(host.get("Memory")), _size(rendered["memory"] * MIB)),
        "memory with swap": (_size(host.get("MemorySwap")), _size(rendered["memory_swap"] * MIB)),
        "CPUs": (cores(cpus) if cpus else "no limit", cores(round(float(rendered["cpus"]) * 1000))),
        "CPU shares": (str(host.get("CpuShares") or 0), str(rendered["cpu_shares"])),
        "processes": (actual.get("nproc", "no limit"), planned["nproc"]),
        "open files": (actual.get("nofile", "no limit"), planned["nofile"]),
    }
    if "shm_size" in rendered:
        pairs["shared memory size"] = (_size(host.get("ShmSize")), _size(rendered["shm_size"] * MIB))
    return pairs


def _security_option(text: str) -> str:
    """One spelling for an option: Docker takes `no-new-privileges`, `no-new-privileges:true` and `...=true` alike."""
    name, separator, value = (text if "=" in text else text.replace(":", "=", 1)).partition("=")
    return f"{name}={value if separator else 'true'}"


def _capabilities(names: Iterable[str] | None) -> str:
    return _names(name.upper().removeprefix("CAP_") for name in names or [])


def _names(names: Iterable[str]) -> str:
    return ", ".join(sorted(set(names))) or "none"


def _root(read_only: object) -> str:
    return "read-only" if read_only else "writable"


def _yes(value: object) -> str:
    return "yes" if value else "no"


def _folders(folders: Mapping[str, str] | None) -> str:
    return _names(f"{path} ({options})" for path, options in (folders or {}).items())


def _size(size_bytes: int | None) -> str:
    return size(size_bytes) if size_bytes and size_bytes > 0 else "no limit"
