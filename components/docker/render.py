"""Renders a deployment as arguments of the Docker provider's resources. Pure.

Arguments that look redundant are set because the provider or a daemon's configuration has another default, or because
each preview would show a change; see docs/gotchas.md.
"""

from __future__ import annotations

from typing import Any

from components.docker.host_paths import secret_file
from components.docker.ssh import SSH_OPTIONS
from components.listing import SecretText
from fleet import labels
from fleet.model import Machine, Vendor, VolumeKind
from fleet.model.image_names import DOCKER_HUB
from fleet.model.machine import ContainerNetwork
from fleet.model.mount_points import SECRETS_PATH
from fleet.plan.deployment import (
    Deployment,
    PlannedBuild,
    PlannedGroup,
    PlannedVolume,
)
from fleet.plan.planned_container import SHARED_MEMORY, PlannedContainer, PlannedHealth

Rendered = dict[str, Any]

_DOCKER_HUB_API = ("registry-1.docker.io",)
_OLD_DAEMON_INTERVAL_S = 5


def render_provider(machine: Machine) -> Rendered:
    """Arguments of `docker.Provider`."""
    return {
        "host": machine.connection,
        **({"ssh_opts": list(SSH_OPTIONS)} if machine.connection.startswith("ssh://") else {}),
        **({"registry_auth": registry_logins(machine)} if machine.registries else {}),
    }


def registry_logins(machine: Machine) -> list[Rendered]:
    """Logins of registries, each password as a SecretText."""
    return [
        {"address": address, "username": login.username, "password": SecretText(login.secret_name)}
        for host, login in sorted(machine.registries.items())
        # The provider looks up an image without a host under the other name.
        for address in (host, *(_DOCKER_HUB_API if host == DOCKER_HUB else ()))
    ]


def deployed_networks(deployment: Deployment) -> tuple[ContainerNetwork, ...]:
    """The machine's network, and one for each deployed tenant."""
    machine = deployment.machine
    return (machine.network, *(machine.tenant_network(tenant) for tenant in deployment.tenants))


def networks_of(group: PlannedGroup, machine: Machine) -> tuple[str, ...]:
    """Networks a group's containers join: only its tenant's, or the machine's and those of the tenants it serves."""
    if group.tenant:
        return (machine.tenant_network(group.tenant).name,)
    return (machine.network.name, *(machine.tenant_network(tenant).name for tenant in group.serves))


def joined(container: PlannedContainer, deployment: Deployment) -> tuple[str, ...]:
    """Networks that a container joins; Docker's `host` if it shares the machine's."""
    if container.hardening.host_network:
        return ("host",)
    return networks_of(deployment.group_of(container), deployment.machine)


def is_closed(network: ContainerNetwork, deployment: Deployment) -> bool:
    """Whether a network is internal: without access outside the machine."""
    return network in [deployment.machine.tenant_network(tenant) for tenant in deployment.closed_tenants]


def render_network(network: ContainerNetwork, *, closed: bool = False) -> Rendered:
    """Arguments of `docker.Network`: a bridge with its own subnet."""
    return {
        **({"internal": True} if closed else {}),
        "name": network.name,
        "driver": "bridge",
        "ipam_configs": [{"subnet": str(network.subnet), "gateway": str(network.subnet[1])}],
    }


def render_volume(volume: PlannedVolume) -> Rendered:
    """Arguments of `docker.Volume`. A host folder becomes a volume too, so that both are mounted alike."""
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
    """Arguments of `docker.Image`, built by the machine's own daemon and not pushed."""
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
        # A preview must neither take long nor need the machine.
        "build_on_preview": False,
    }


def keeps_data(volume: PlannedVolume) -> bool:
    """Whether a volume is protected, and retained when the stack is destroyed."""
    return volume.kind is not VolumeKind.SCRATCH


def render_container(container: PlannedContainer, deployment: Deployment) -> Rendered:
    """Arguments of `docker.Container`, with a mask in place of each secret value."""
    secrets = secret_variables(container)
    rendered: Rendered = {
        "name": container.name,
        "image": container.image,
        "hostname": container.aliases[0],
        "envs": [*(f"{name}={value}" for name, value in container.env.items()), *(s.hidden for s in secrets)],
        "labels": _labels({**container.own_labels, **container.labels}),
        **_hardening(container, deployment.machine),
        **_resources(container, deployment.machine),
        **_network(container, deployment),
        **_lifecycle(container),
        **({} if container.once else {"healthcheck": _healthcheck(container.health, deployment.machine)}),
        "mounts": _mounts(container, deployment),
    }
    if container.entrypoint:
        rendered["entrypoints"] = list(container.entrypoint)
    if container.command:
        rendered["command"] = list(container.command)
    if container.working_dir:
        rendered["working_dir"] = container.working_dir
    if container.tty:
        rendered["tty"] = True
    if container.devices:
        rendered["devices"] = [
            {"host_path": path, "container_path": path, "permissions": "rwm"} for path in container.devices
        ]
        rendered["group_adds"] = [str(gid) for gid in container.device_groups]
    if container.gpu and container.gpu.gpu.vendor is Vendor.NVIDIA:
        ids = [gpu.device for gpu in container.gpu.cards.values()]
        capabilities = ["gpu", *container.gpu.capabilities]
        rendered["device_requests"] = [
            {"driver": container.gpu.gpu.driver, "device_ids": ids, "capabilities": capabilities}
        ]
    return rendered


def secret_variables(container: PlannedContainer) -> list[SecretText]:
    """Variables with values from the stack's config."""
    return [SecretText(name, f"{variable}=") for variable, name in container.secret_env.items()]


def config_secrets(deployment: Deployment) -> list[str]:
    """Names of the secrets that are in the stack's config, sorted."""
    variables = {name for container in deployment.containers for name in container.secret_env.values()}
    return sorted({*variables, *(login.secret_name for login in deployment.machine.registries.values())})


def _mounts(container: PlannedContainer, deployment: Deployment) -> list[Rendered]:
    volumes = [("volume", deployment.volumes[m.volume].name, m.path, m.read_only) for m in container.mounts]
    secrets = [("bind", secret_file(deployment, name), f"{SECRETS_PATH}/{name}", True) for name in container.secrets]
    return [
        {"type": type_, "source": source, "target": target, "read_only": read_only}
        for type_, source, target, read_only in (*volumes, *secrets)
    ]


def _hardening(container: PlannedContainer, machine: Machine) -> Rendered:
    hardening = container.hardening
    options = ["no-new-privileges:true"] if hardening.no_new_privileges else []
    if hardening.seccomp == "unconfined":
        options.append("seccomp=unconfined")
    added = {"adds": list(hardening.capabilities)} if hardening.capabilities else {}
    # Without the two, the image decides on the user, and Docker on the capabilities.
    strict = {} if hardening.as_image else {"capabilities": {"drops": ["ALL"], **added}}
    return {
        **({"user": str(hardening.user)} if hardening.user else {}),
        **strict,
        "read_only": hardening.read_only_root,
        "security_opts": options,
        "privileged": False,
        "ipc_mode": "host" if hardening.host_ipc else "private",
        "tmpfs": {
            path: f"rw,nosuid,nodev,{'exec' if path in hardening.executable else 'noexec'},mode=1777,size={size}m"
            for path, size in sorted(hardening.tmpfs.items())
        },
        "ulimits": [
            {"name": name, "soft": limit, "hard": limit}
            for name, limit in (("nproc", machine.process_limit), ("nofile", hardening.open_files))
        ],
    }


CPU_SHARES_MAX = 262_144


def _resources(container: PlannedContainer, machine: Machine) -> Rendered:
    rendered: Rendered = {
        "memory": container.memory_cap_mib,
        # No swap. Unset, the daemon stores twice the memory, and each preview shows a change.
        "memory_swap": container.memory_cap_mib,
        "cpus": _cpus(container.cpu_cap_millicores),
        # 1024 per core. The kernel takes no more than 2^18.
        "cpu_shares": min(container.cpu_request_millicores * 1024 // 1000, CPU_SHARES_MAX),
    }
    mounted = any(mount.path == SHARED_MEMORY for mount in container.mounts)
    if not mounted and not container.hardening.host_ipc:
        rendered["shm_size"] = container.shared_memory_mib
    return rendered


def _cpus(millicores: int) -> str:
    """CPUs as the provider formats what it reads (`2.0`, `10.`, `0.25`); any other text replaces the container.

    It rounds some values to a tenth (10.05), and so does this.
    """
    exact = f"{millicores / 1000:.9f}"
    if exact.count("0") == len("000000000"):
        return f"{millicores / 1000:.1f}"
    return exact.rstrip("0")


def _network(container: PlannedContainer, deployment: Deployment) -> Rendered:
    machine = deployment.machine
    on_host = container.hardening.host_network
    networks = () if on_host else joined(container, deployment)
    rendered: Rendered = {
        # The provider creates the container on the bridge, then connects it to the networks below.
        "network_mode": "host" if on_host else "bridge",
        "networks_advanced": [{"name": name, "aliases": list(container.aliases)} for name in networks],
        "hosts": [{"host": host, "ip": address} for host, address in sorted(container.extra_hosts.items())],
    }
    if machine.dns:
        rendered["dns"] = [str(server) for server in machine.dns]
    if container.ports:
        rendered["ports"] = [
            {"internal": port.container_port, "external": port.host_port, "ip": port.address, "protocol": port.protocol}
            for port in container.ports
        ]
    return rendered


def _lifecycle(container: PlannedContainer) -> Rendered:
    rendered: Rendered = {
        "init": container.init,
        # What has ended stays: the provider would create it anew, and run it again.
        "must_run": not container.once,
        "restart": container.restart,
        # A health hook waits instead: `wait` polls once a second and notices an exited container only at its timeout.
        "wait": False,
        "stop_timeout": container.stop_grace_s,
        # The provider ignores `stop_timeout` and, with this unset, sends SIGKILL at once.
        "destroy_grace_seconds": container.stop_grace_s,
        "log_driver": "json-file",
        "log_opts": {"max-size": "10m", "max-file": "3"},
    }
    if container.restart == "on-failure":
        rendered["max_retry_count"] = container.restarts_max
    return rendered


def _healthcheck(health: PlannedHealth, machine: Machine) -> Rendered:
    """The check, with short intervals during the start, so that a container is healthy within seconds."""
    rendered: Rendered = {
        "tests": ["CMD", *health.test],
        "timeout": _duration(health.timeout_s),
        "start_period": _duration(health.start_period_s),
    }
    if machine.has_docker_25:
        rendered["start_interval"] = "1s"
        return {**rendered, "interval": _duration(health.interval_s), "retries": health.retries}
    # An older daemon first probes after a whole interval: shorten it, and raise the retries in proportion.
    interval = min(health.interval_s, _OLD_DAEMON_INTERVAL_S)
    retries = health.retries * health.interval_s // interval
    return {**rendered, "interval": _duration(interval), "retries": retries}


def _duration(seconds: int) -> str:
    """Seconds as Go formats a duration (`1m0s`), since the provider compares it as text."""
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h{minutes}m{seconds}s"
    return f"{minutes}m{seconds}s" if minutes else f"{seconds}s"


def _labels(values: Any) -> list[Rendered]:
    return [{"label": name, "value": value} for name, value in sorted(values.items())]
