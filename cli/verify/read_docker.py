"""Reads what runs on a daemon: the Docker SDK's answers to plain facts. Changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from docker import DockerClient
from docker.errors import APIError, NotFound

from cli.verify.facts import (
    Binding,
    ContainerFacts,
    LimitFacts,
    LockFacts,
    NetworkFacts,
    StateFacts,
    Use,
    VolumeFacts,
    security_option,
)

_CHECK_OUTPUT_MAX = 200
_NANO_PER_MILLICORE = 1_000_000
_COMPOSE_FILE = "com.docker.compose.project.config_files"

Answer = Mapping[str, Any]


def read_containers(client: DockerClient, names: Iterable[str]) -> dict[str, ContainerFacts]:
    """The containers of these names that are there."""
    # The daemon's own clock: the two machines' may differ.
    now = _moment(client.info()["SystemTime"])
    found = {}
    for name in names:
        try:
            found[name] = container_facts(client.api.inspect_container(name), now)
        except NotFound:
            continue
    return found


def read_image_ids(client: DockerClient, references: Iterable[str]) -> dict[str, str]:
    """Reference -> id, of the images that are there."""
    found = {}
    for reference in sorted(set(references)):
        try:
            found[reference] = str(client.images.get(reference).id)
        except NotFound:
            continue
    return found


def read_volumes(client: DockerClient) -> dict[str, VolumeFacts]:
    """All volumes of the daemon."""
    return {
        volume["Name"]: VolumeFacts(labels=volume.get("Labels") or {}, options=volume.get("Options") or {})
        for volume in client.api.volumes()["Volumes"] or []
    }


def read_networks(client: DockerClient) -> dict[str, NetworkFacts]:
    """All networks of the daemon."""
    return {
        network["Name"]: NetworkFacts(
            driver=network["Driver"],
            subnets=tuple(entry["Subnet"] for entry in network["IPAM"].get("Config") or [] if entry.get("Subnet")),
            closed=bool(network.get("Internal")),
        )
        for network in client.api.networks()
    }


def read_use(client: DockerClient, container_id: str) -> Use:
    """What a running container takes; the daemon measures it for a second or two."""
    try:
        return use_facts(client.api.stats(container_id, stream=False))
    except APIError:
        return Use(None, None)


def use_facts(stats: Answer) -> Use:
    """Facts from what `docker stats` is made of."""
    return Use(_memory_used(stats.get("memory_stats") or {}), _cpu_used(stats))


def _memory_used(memory: Answer) -> int | None:
    """Without the file cache, which a container gives back before it is short of memory."""
    if "usage" not in memory:
        return None
    stats = memory.get("stats") or {}
    cache = stats.get("total_inactive_file", stats.get("inactive_file", 0))
    return max(int(memory["usage"]) - int(cache), 0)


def _cpu_used(stats: Answer) -> float | None:
    """Between the two moments the daemon looked."""
    try:
        used = stats["cpu_stats"]["cpu_usage"]["total_usage"] - stats["precpu_stats"]["cpu_usage"]["total_usage"]
        seconds = (_moment(stats["read"]) - _moment(stats["preread"])).total_seconds()
    except KeyError:
        return None
    return used / seconds / _NANO_PER_MILLICORE if seconds > 0 and used >= 0 else None


def container_facts(attributes: Answer, now: datetime) -> ContainerFacts:
    """A container's facts from what `docker inspect` shows of it."""
    config, host = attributes["Config"], attributes["HostConfig"]
    networks = attributes["NetworkSettings"]["Networks"] or {}
    return ContainerFacts(
        name=attributes["Name"].lstrip("/"),
        id=attributes["Id"],
        image=config["Image"],
        image_id=attributes["Image"],
        compose_file=(config.get("Labels") or {}).get(_COMPOSE_FILE, ""),
        state=_state(attributes, now),
        locks=_locks(config, host),
        limits=_limits(host),
        health_test=tuple((config.get("Healthcheck") or {}).get("Test") or ()),
        networks={name: network.get("IPAddress") or "" for name, network in networks.items()},
        ports=_ports(attributes),
        mounts={
            mount["Destination"]: (mount.get("Name") or mount["Source"], not mount["RW"])
            for mount in attributes["Mounts"]
        },
        gpu_devices=frozenset(
            device for request in host.get("DeviceRequests") or [] for device in request.get("DeviceIDs") or []
        ),
    )


def _state(attributes: Answer, now: datetime) -> StateFacts:
    state = attributes["State"]
    health = state.get("Health") or {}
    log = health.get("Log") or []
    moment = state["StartedAt"] if state["Running"] else state["FinishedAt"]
    output = " ".join(str(log[-1].get("Output", "")).split()) if log else ""
    return StateFacts(
        status=state["Status"],
        health="" if health.get("Status") == "none" else health.get("Status", ""),
        last_check=output[:_CHECK_OUTPUT_MAX],
        since_s=max((now - _moment(moment)).total_seconds(), 0.0),
        exit_code=state["ExitCode"],
        out_of_memory=bool(state.get("OOMKilled")),
        error=state.get("Error") or "",
        restarts=attributes.get("RestartCount", 0),
    )


def _locks(config: Answer, host: Answer) -> LockFacts:
    return LockFacts(
        user=config.get("User") or "",
        read_only_root=bool(host.get("ReadonlyRootfs")),
        privileged=bool(host.get("Privileged")),
        security_options=frozenset(security_option(option) for option in host.get("SecurityOpt") or []),
        drops=_capabilities(host.get("CapDrop")),
        adds=_capabilities(host.get("CapAdd")),
        ipc_mode=host.get("IpcMode") or "",
        init=bool(host.get("Init")),
        tmpfs=dict(host.get("Tmpfs") or {}),
        devices=frozenset(device["PathOnHost"] for device in host.get("Devices") or []),
    )


def _capabilities(names: Iterable[str] | None) -> frozenset[str]:
    return frozenset(name.upper().removeprefix("CAP_") for name in names or [])


def _limits(host: Answer) -> LimitFacts:
    hard = {limit["Name"]: limit["Hard"] for limit in host.get("Ulimits") or []}
    return LimitFacts(
        memory=host.get("Memory") or 0,
        memory_and_swap=host.get("MemorySwap") or 0,
        cpu_millicores=(host.get("NanoCpus") or 0) // _NANO_PER_MILLICORE,
        cpu_shares=host.get("CpuShares") or 0,
        shared_memory=host.get("ShmSize") or 0,
        processes=hard.get("nproc", 0),
        open_files=hard.get("nofile", 0),
    )


def _ports(attributes: Answer) -> frozenset[Binding]:
    """What is open; of a container that does not run, what it would open."""
    opened = attributes["NetworkSettings"].get("Ports") if attributes["State"]["Running"] else None
    ports = opened if opened is not None else attributes["HostConfig"].get("PortBindings") or {}
    found = set()
    for inside, bindings in ports.items():
        number, _, protocol = inside.partition("/")
        for binding in bindings or []:
            address = binding.get("HostIp") or "0.0.0.0"  # noqa: S104  (what Docker takes an empty one for)
            found.add(Binding(address, int(binding.get("HostPort") or 0), int(number), protocol or "tcp"))
    return frozenset(found)


def _moment(text: str) -> datetime:
    """A moment as Go prints it, with nanoseconds or fewer digits, in UTC or with an offset."""
    seconds, fraction, zone = re.fullmatch(r"([^.]+?)(\.\d+)?(Z|[+-]\d\d:\d\d)", text).groups()  # type: ignore[union-attr]
    moment = datetime.fromisoformat(f"{seconds}{(fraction or '.0')[:7]}{'+00:00' if zone == 'Z' else zone}")
    return moment.astimezone(UTC) if moment.year > 1 else moment.replace(tzinfo=UTC)
