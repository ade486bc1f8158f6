"""Reads a deployed stack from the Docker SDK into plain facts. Changes nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from docker import DockerClient
from docker.errors import APIError, NotFound

from cli.diagnostics.text import NANO_PER_MILLICORE
from cli.verify.facts import (
    Binding,
    ContainerFacts,
    NetworkFacts,
    StateFacts,
    Use,
    VolumeFacts,
)

_CHECK_OUTPUT_MAX = 200
_COMPOSE_FILE = "com.docker.compose.project.config_files"

Answer = Mapping[str, Any]


def read_containers(client: DockerClient, names: Iterable[str]) -> dict[str, ContainerFacts]:
    """The existing containers among these names."""
    # By the daemon's clock, which may differ from ours.
    now = datetime.fromisoformat(client.info()["SystemTime"])
    return {name: container_facts(inspected, now) for name, inspected in _existing(client.api.inspect_container, names)}


def read_images(client: DockerClient, references: Iterable[str]) -> dict[str, Answer]:
    """Reference -> attributes of the image, for those on the machine."""
    return dict(_existing(client.api.inspect_image, sorted(set(references))))


def _existing(inspect: Callable[[str], Answer], names: Iterable[str]) -> Iterator[tuple[str, Answer]]:
    for name in names:
        with contextlib.suppress(NotFound):
            yield name, inspect(name)


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
            id=network["Id"],
            composed="com.docker.compose.project" in (network.get("Labels") or {}),
        )
        for network in client.api.networks()
    }


def read_use(client: DockerClient, container_id: str) -> Use:
    """Usage of a running container; the daemon measures for a second or two."""
    try:
        return use_facts(client.api.stats(container_id, stream=False))
    except APIError:
        return Use(None, None)


def use_facts(stats: Answer) -> Use:
    """Facts from an answer of the stats API."""
    return Use(_memory_used(stats.get("memory_stats") or {}), _cpu_used(stats))


def _memory_used(memory: Answer) -> int | None:
    """Without the file cache, which the kernel reclaims before a container runs out of memory."""
    if "usage" not in memory:
        return None
    stats = memory.get("stats") or {}
    cache = stats.get("total_inactive_file", stats.get("inactive_file", 0))
    return max(int(memory["usage"]) - int(cache), 0)


def _cpu_used(stats: Answer) -> float | None:
    try:
        used = stats["cpu_stats"]["cpu_usage"]["total_usage"] - stats["precpu_stats"]["cpu_usage"]["total_usage"]
        seconds = (datetime.fromisoformat(stats["read"]) - datetime.fromisoformat(stats["preread"])).total_seconds()
    except KeyError:
        return None
    return used / seconds / NANO_PER_MILLICORE if seconds > 0 and used >= 0 else None


def container_facts(attributes: Answer, now: datetime) -> ContainerFacts:
    """Facts from `docker inspect`."""
    config, host = attributes["Config"], attributes["HostConfig"]
    networks = attributes["NetworkSettings"]["Networks"] or {}
    return ContainerFacts(
        name=attributes["Name"].lstrip("/"),
        id=attributes["Id"],
        image=config["Image"],
        image_id=attributes["Image"],
        compose_file=(config.get("Labels") or {}).get(_COMPOSE_FILE, ""),
        state=_state(attributes, now),
        user=config.get("User") or "",
        host=host,
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
        gpu_capabilities=frozenset(
            name
            for request in host.get("DeviceRequests") or []
            for names in request.get("Capabilities") or []
            for name in names
        ),
        variables=frozenset(
            name for name, _, value in (text.partition("=") for text in config.get("Env") or ()) if value
        ),
        config=config,
    )


def _state(attributes: Answer, now: datetime) -> StateFacts:
    state = attributes["State"]
    health = state.get("Health") or {}
    log = health.get("Log") or []
    output = " ".join(str(log[-1].get("Output", "")).split()) if log else ""
    return StateFacts(
        status=state["Status"],
        health="" if health.get("Status") == "none" else health.get("Status", ""),
        last_check=output[:_CHECK_OUTPUT_MAX],
        since_s=max(
            (now - datetime.fromisoformat(state["StartedAt" if state["Running"] else "FinishedAt"])).total_seconds(),
            0.0,
        ),
        exit_code=state["ExitCode"],
        out_of_memory=bool(state.get("OOMKilled")),
        error=state.get("Error") or "",
        restarts=attributes.get("RestartCount", 0),
    )


def _ports(attributes: Answer) -> frozenset[Binding]:
    """Published ports; of a container that does not run, those it would publish."""
    opened = attributes["NetworkSettings"].get("Ports") if attributes["State"]["Running"] else None
    ports = opened if opened is not None else attributes["HostConfig"].get("PortBindings") or {}
    return frozenset(
        Binding(
            # Docker publishes on every address if none is given.
            address=binding.get("HostIp") or "0.0.0.0",  # noqa: S104
            host_port=int(binding.get("HostPort") or 0),
            container_port=int(port.partition("/")[0]),
            protocol=port.partition("/")[2] or "tcp",
        )
        for port, bindings in ports.items()
        for binding in bindings or []
    )
