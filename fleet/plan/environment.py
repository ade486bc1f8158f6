"""The environment of a container. The assistant's agents define the names; the agent host reads `FLEET_*`."""

from __future__ import annotations

import json
from collections.abc import Mapping

from fleet.model import Container, ContainerGroup, Enforcement, Stack, Vendor
from fleet.model.mount_points import SECRETS_PATH
from fleet.network.addresses import DISCOVERY, OBSERVABILITY, AddressBook
from fleet.network.health_port import host_ports, runs_agent_host
from fleet.plan.caches import Caches
from fleet.plan.docker_mps import client_environment
from fleet.plan.planned_container import DEFAULT_CAPABILITIES, PlannedGpu
from fleet.targets.registry import target_of, url_of

USER = "agent"
"""Name of the user that containers run as."""


def environment(
    group: ContainerGroup, key: str, stack: Stack, book: AddressBook, gpu: PlannedGpu | None
) -> dict[str, str]:
    """Environment of one container, sorted by name; values of its group's file take precedence."""
    container = group.containers[key]
    values = {
        "CONTAINER_ROLE": group.name.replace("-", "_"),
        "MACHINE_TYPE": stack.machine.name,
        "SERVICE_DISCOVERY_MODE": "container_dns",
        "BIND_ADDRESS": "0.0.0.0",  # noqa: S104  (inside the container's own network namespace)
        # Each group has its own network namespace.
        "PORT_OFFSET": "0",
        **_identity(container, stack),
        **_other_machines(group, stack, book),
        **_host_settings(group, key, container, stack, book),
        **({} if stack.stands_in_for(container) else _secret_files(container)),
        **(_caches(group, key, stack, book) if gpu and not stack.stands_in_for(container) else {}),
        **(_gpu_settings(gpu) if gpu else {}),
        **container.env,
    }
    secret = {} if stack.stands_in_for(container) else container.secret_env
    return {name: value for name, value in sorted(values.items()) if name not in secret}


def _identity(container: Container, stack: Stack) -> dict[str, str]:
    """What a program asks the user database for: its id may have no entry there."""
    stands_in = stack.stands_in_for(container)
    values = {"HOME": "/tmp" if stands_in else container.home}  # noqa: S108  (in the container)
    user = container.hardening.user
    if stands_in or (user and user.uid):
        values |= {"USER": USER, "LOGNAME": USER}
    values["TZ"] = container.timezone or stack.machine.timezone or ""
    return {name: value for name, value in values.items() if value}


def _secret_files(container: Container) -> dict[str, str]:
    """`hub-token` -> `HUB_TOKEN_FILE=/run/secrets/hub-token`, the common convention."""
    return {variable: f"{SECRETS_PATH}/{name}" for variable, name in container.secret_files.items()}


def _other_machines(group: ContainerGroup, stack: Stack, book: AddressBook) -> dict[str, str]:
    def elsewhere(service: str) -> dict[str, str]:
        found = book.services_elsewhere(group, stack)
        return {e.stack.machine.name: url_of(e, stack) for e in found if e.port.service == service}

    discovery, observability = elsewhere(DISCOVERY), elsewhere(OBSERVABILITY)
    values = {"CROSS_MACHINE_SYNC": "true" if discovery or observability else "false"}
    if discovery:
        values["CROSS_MACHINE_DISCOVERY_ENDPOINT"] = ",".join(discovery.values())
    for machine, url in observability.items():
        values[f"{machine.replace('-', '_').upper()}_OBSERVABILITY_ENDPOINT"] = url
    return values


def _host_settings(
    group: ContainerGroup, key: str, container: Container, stack: Stack, book: AddressBook
) -> Mapping[str, str]:
    if not runs_agent_host(container, stack):
        return {}
    commands = {
        name: {
            "command": agent.command(group.system, group.name, name),
            **({} if agent.essential else {"essential": False}),
            **({"ports": agent.ports} if agent.ports else {}),
        }
        for name, agent in container.agents.items()
    }
    target = target_of(stack)
    port, loopback = target.health_port(group, key), target.loopback_port(group, key)
    addresses = {endpoint.ref: url_of(endpoint, stack) for endpoint in book.used_by(group.name)}
    return {
        "FLEET_GROUP": group.name,
        "FLEET_CONTAINER": key,
        "FLEET_PORT": str(port),
        **({"FLEET_LOOPBACK_PORT": str(loopback)} if (port, loopback) != host_ports(port) else {}),
        "FLEET_PORTS": _compact({name: port.port for name, port in group.ports.items() if port.container == key}),
        "FLEET_STOP_GRACE_S": str(target.stop_grace_s(container)),
        "FLEET_AGENTS": _compact(commands),
        "FLEET_ADDRESS_BOOK": _compact(addresses),
        **({"FLEET_STAND_IN": "true"} if stack.stands_in_for(container) else {}),
    }


def _caches(group: ContainerGroup, key: str, stack: Stack, book: AddressBook) -> Mapping[str, str]:
    return Caches.of(group, key, (book.groups[name] for name in stack.groups)).variables()


def _gpu_settings(gpu: PlannedGpu) -> Mapping[str, str]:
    values = {
        "GPU_MEMORY_LIMIT": f"{gpu.limit_mib}MiB",
    }
    if gpu.gpu.vendor is Vendor.NVIDIA:
        # A container numbers its own cards from 0. Others see those whose device files it has.
        values["CUDA_VISIBLE_DEVICES"] = ",".join(map(str, range(gpu.count)))
        if set(gpu.capabilities) != set(DEFAULT_CAPABILITIES):
            # What a device request of Docker says, too. Other targets have no field for it.
            values["NVIDIA_DRIVER_CAPABILITIES"] = ",".join(gpu.capabilities)
    if gpu.gpu.allocator:
        maker = "HIP" if gpu.gpu.vendor is Vendor.AMD else "CUDA"
        values[f"PYTORCH_{maker}_ALLOC_CONF"] = gpu.gpu.allocator
    if gpu.gpu.mps:
        values |= client_environment()
        values["CUDA_MPS_ACTIVE_THREAD_PERCENTAGE"] = str(gpu.gpu.mps.active_thread_percentage)
    if gpu.enforcement is Enforcement.MPS:
        # MPS applies the limit per client process, so each gets an equal part of the container's.
        values["CUDA_MPS_PINNED_DEVICE_MEM_LIMIT"] = f"0={gpu.limit_mib // gpu.processes}M"
    return values


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def health_test(container: Container, stack: Stack) -> tuple[str, ...]:
    """Health command: the group's own, or the agent host's, which needs no curl. Empty for what runs once."""
    if container.once:
        return ()
    own = () if stack.stands_in_for(container) else container.health.command
    return own or ("python3", "-m", "agent_host.health")
