"""Deployment to Docker: plain dicts in the vocabulary of the Docker provider's resources. Pure.

What is always set and never left to a default is set because the provider, or a daemon's own configuration, would show
a change for ever, or apply something else: see docs/gotchas.md.
"""

from __future__ import annotations

from typing import Any

from components.docker.ssh import SSH_OPTIONS
from fleet import labels
from fleet.model import Gpu, Machine, VolumeKind
from fleet.model.group import SECRETS_PATH
from fleet.model.machine import ContainerNetwork
from fleet.plan.deployment import (
    Deployment,
    PlannedBuild,
    PlannedContainer,
    PlannedGroup,
    PlannedHealth,
    PlannedVolume,
)
from fleet.plan.mps import SHARED_MEMORY

Rendered = dict[str, Any]

_LOG_OPTIONS = {"max-size": "10m", "max-file": "3"}
_START_INTERVAL_S = 1
_OLD_DAEMON_INTERVAL_S = 5


def render_provider(machine: Machine) -> Rendered:
    """Arguments of `docker.Provider`."""
    if machine.connection.startswith("ssh://"):
        return {"host": machine.connection, "ssh_opts": list(SSH_OPTIONS)}
    return {"host": machine.connection}


def deployed_networks(deployment: Deployment) -> tuple[ContainerNetwork, ...]:
    """The machine's network, and one for each tenant whose groups run here."""
    machine = deployment.machine
    return (machine.network, *(machine.tenant_network(tenant) for tenant in deployment.tenants))


def networks_of(group: PlannedGroup, machine: Machine) -> tuple[str, ...]:
    """Names of the networks a group's containers join: its tenant's alone, or the machine's and those it serves."""
    if group.tenant:
        return (machine.tenant_network(group.tenant).name,)
    return (machine.network.name, *(machine.tenant_network(tenant).name for tenant in group.serves))


def is_closed(network: ContainerNetwork, deployment: Deployment) -> bool:
    """Whether a network has no way out of the machine."""
    machine = deployment.machine
    return network.name in {machine.tenant_network(tenant).name for tenant in deployment.closed_tenants}


def render_network(network: ContainerNetwork, *, closed: bool = False) -> Rendered:
    """Arguments of `docker.Network`: a bridge with a subnet of its own."""
    return {
        **({"internal": True} if closed else {}),
        "name": network.name,
        "driver": "bridge",
        "ipam_configs": [{"subnet": str(network.subnet), "gateway": str(network.subnet[1])}],
    }


def render_volume(volume: PlannedVolume) -> Rendered:
    """Arguments of `docker.Volume`; a folder of the host becomes a volume too, so that both are mounted alike."""
    rendered: Rendered = {
        "name": volume.name,
        "driver": "local",
        "labels": _labels(
            {labels.GROUP: volume.group, labels.VOLUME_WRITERS: "one" if volume.single_writer else "many"}
        ),
    }
    if volume.bind:
        rendered["driver_opts"] = {"type": "none", "o": "bind", "device": volume.bind}
    if volume.tmpfs_mib:
        rendered["driver_opts"] = {"type": "tmpfs", "device": "tmpfs", "o": f"size={volume.tmpfs_mib}m,mode=1777"}
    return rendered


def render_build(build: PlannedBuild) -> Rendered:
    """Arguments of `docker.Image`: built by the machine's own daemon, and kept there."""
    return {
        "image_name": build.image,
        "build": {
            "context": build.context,
            "dockerfile": f"{build.context}/Dockerfile",
            **({"target": build.target} if build.target else {}),
            "args": dict(build.arguments),
            "platform": build.platform,
            "builder_version": "BuilderBuildKit",
        },
        "skip_push": True,
        # A preview must neither take long nor need the machine; it reads the Dockerfile and the context all the same.
        "build_on_preview": False,
    }


def keeps_data(volume: PlannedVolume) -> bool:
    """Whether a volume is protected and outlives its stack."""
    return volume.kind is not VolumeKind.SCRATCH


def render_container(container: PlannedContainer, deployment: Deployment) -> Rendered:
    """Arguments of `docker.Container`."""
    rendered: Rendered = {
        "name": container.name,
        "image": container.image,
        "hostname": container.aliases[0],
        "envs": [f"{name}={value}" for name, value in container.env.items()],
        "labels": _labels(container.labels),
        **_hardening(container, deployment.machine),
        **_resources(container, deployment.machine),
        **_network(container, networks_of(deployment.group_of(container), deployment.machine)),
        **_lifecycle(container),
        "healthcheck": _healthcheck(container.health, deployment.machine),
        "mounts": [*_volume_mounts(container, deployment), *_secret_mounts(container, deployment.machine)],
    }
    if container.command:
        rendered["command"] = list(container.command)
    if container.devices:
        rendered["devices"] = [
            {"host_path": path, "container_path": path, "permissions": "rwm"} for path in container.devices
        ]
        rendered["group_adds"] = [str(gid) for gid in container.device_groups]
    if container.gpu:
        rendered["device_requests"] = [_device_request(container.gpu.gpu)]
    return rendered


def _volume_mounts(container: PlannedContainer, deployment: Deployment) -> list[Rendered]:
    return [
        {
            "type": "volume",
            "source": deployment.volumes[mount.volume].name,
            "target": mount.path,
            "read_only": mount.read_only,
        }
        for mount in container.mounts
    ]


def _secret_mounts(container: PlannedContainer, machine: Machine) -> list[Rendered]:
    return [
        {
            "type": "bind",
            "source": f"{machine.secrets_folder}/{name}",
            "target": f"{SECRETS_PATH}/{name}",
            "read_only": True,
        }
        for name in container.secrets
    ]


def _hardening(container: PlannedContainer, machine: Machine) -> Rendered:
    hardening = container.hardening
    options = ["no-new-privileges:true"] if hardening.no_new_privileges else []
    if hardening.seccomp == "unconfined":
        options.append("seccomp=unconfined")
    drops = {"drops": ["ALL"]}
    return {
        "user": str(hardening.run_as),
        "read_only": hardening.read_only_root,
        "security_opts": options,
        "capabilities": {**drops, "adds": list(hardening.capabilities)} if hardening.capabilities else drops,
        "privileged": False,
        "ipc_mode": "host" if hardening.host_ipc else "private",
        "tmpfs": {
            path: f"rw,nosuid,nodev,noexec,mode=1777,size={size}m" for path, size in sorted(hardening.tmpfs.items())
        },
        "ulimits": [
            {"name": name, "soft": most, "hard": most}
            for name, most in (("nproc", machine.process_limit), ("nofile", hardening.open_files))
        ],
    }


def _resources(container: PlannedContainer, machine: Machine) -> Rendered:
    rendered: Rendered = {
        "memory": container.memory_cap_mib,
        # Without it the daemon stores twice the memory, and every preview shows a change. Equal means no swap.
        "memory_swap": container.memory_cap_mib,
        "cpus": _cpus(container.cpu_cap_millicores),
        # Docker's unit of CPU weight: 1024 a core.
        "cpu_shares": container.cpu_request_millicores * 1024 // 1000,
    }
    has_own = not any(mount.path == SHARED_MEMORY for mount in container.mounts)
    if has_own and not container.hardening.host_ipc:
        rendered["shm_size"] = container.shared_memory_mib
    return rendered


def _cpus(millicores: int) -> str:
    """CPUs as the provider prints what it reads back (`2.0`, `10.`, `0.25`): any other text replaces the container.

    A few amounts it rounds to a tenth when it prints them (10.05); those are rounded here too.
    """
    exact = f"{millicores / 1000:.9f}"
    if exact.count("0") == len("000000000"):
        return f"{millicores / 1000:.1f}"
    return exact.rstrip("0")


def _network(container: PlannedContainer, networks: tuple[str, ...]) -> Rendered:
    rendered: Rendered = {
        # The provider creates on the bridge, then moves the container to the networks below.
        "network_mode": "bridge",
        "networks_advanced": [{"name": name, "aliases": list(container.aliases)} for name in networks],
        "hosts": [{"host": host, "ip": address} for host, address in sorted(container.extra_hosts.items())],
    }
    if container.ports:
        rendered["ports"] = [
            {"internal": port.container_port, "external": port.host_port, "ip": port.address, "protocol": port.protocol}
            for port in container.ports
        ]
    return rendered


def _lifecycle(container: PlannedContainer) -> Rendered:
    rendered: Rendered = {
        "init": True,
        "must_run": True,
        "restart": container.restart,
        # A health hook watches instead: `wait` polls once a second and sees an exited container only at its timeout.
        "wait": False,
        "stop_timeout": container.stop_grace_s,
        # `stop_timeout` is not used when the provider stops a container; unset, this means SIGKILL at once.
        "destroy_grace_seconds": container.stop_grace_s,
        "log_driver": "json-file",
        "log_opts": dict(_LOG_OPTIONS),
    }
    if container.restart == "on-failure":
        rendered["max_retry_count"] = container.restarts_max
    return rendered


def _healthcheck(health: PlannedHealth, machine: Machine) -> Rendered:
    """The check, so that a container that is up is seen to be healthy within seconds, not an interval later."""
    rendered: Rendered = {
        "tests": ["CMD", *health.test],
        "timeout": _duration(health.timeout_s),
        "start_period": _duration(health.start_period_s),
    }
    if machine.has_docker_25:
        rendered["start_interval"] = _duration(_START_INTERVAL_S)
        return {**rendered, "interval": _duration(health.interval_s), "retries": health.retries}
    # An older daemon probes first after a whole interval: a shorter one, with as many more retries.
    interval = min(health.interval_s, _OLD_DAEMON_INTERVAL_S)
    retries = health.retries * health.interval_s // interval
    return {**rendered, "interval": _duration(interval), "retries": retries}


def _duration(seconds: int) -> str:
    """Seconds as Go prints a duration (`1m0s`): the provider compares text with what the daemon gives back."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    if hours:
        return f"{hours}h{minutes}m{left}s"
    return f"{minutes}m{left}s" if minutes else f"{left}s"


def _device_request(gpu: Gpu) -> Rendered:
    return {
        "driver": gpu.driver,
        "device_ids": [gpu.device],
        "capabilities": ["gpu", "compute", "utility"],
    }


def _labels(values: Any) -> list[Rendered]:
    return [{"label": name, "value": value} for name, value in sorted(values.items())]
