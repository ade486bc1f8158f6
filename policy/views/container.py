"""One view of a container, whatever the target: rules read this and never a provider's own properties.

Adding a target means adding a reader to `policy/readers` (a Kubernetes pod yields several views, init containers
included). Readers take anything: a property of the wrong shape reads as absent, a value unknown at preview is listed
in `unknown` under the view's own field name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Annotated

from fleet.frozen import dataclass
from policy.views.keys import of_group, of_stack, own

DOCKER = "docker"
KUBERNETES = "kubernetes"
CLOUDRUN = "cloudrun"

BIND = "bind"
VOLUME = "volume"
TMPFS = "tmpfs"

SHARED_MEMORY = "/dev/shm"  # noqa: S108  (a mount point in the container)
"""POSIX shared memory of a container."""

MAIN = "main"
INIT = "init"
SIDECAR = "sidecar"
EPHEMERAL = "ephemeral"


@dataclass(frozen=True, slots=True)
class Mount:
    """A path of the host or a named volume inside the container."""

    source: str
    """Host path (starts with `/`) or volume name; empty for tmpfs and anonymous volumes."""
    target: str
    kind: str
    """`bind`, `volume` (on Kubernetes a claim) or `tmpfs`; else the pod's own word: `emptyDir`, `secret`..."""
    read_only: bool = False
    propagation: str = ""
    """In the target's own word (`rshared`, `Bidirectional`); empty if not set, which means private."""
    memory_mib: int | None = None
    """Size of a folder in memory; None for any other mount, and if it has no size."""


@dataclass(frozen=True, slots=True)
class PublishedPort:
    """A container port published on the host."""

    host_address: str
    """Address of the host it is bound to; empty, `0.0.0.0` or `::` is every address."""
    host_port: int
    """0 if the daemon picks one."""
    container_port: int
    protocol: str = "tcp"


@dataclass(frozen=True, slots=True)
class ContainerPort:
    """A port that a container declares."""

    number: int
    name: str = ""
    protocol: str = "tcp"


@dataclass(frozen=True, slots=True)
class Probe:
    """One of Kubernetes' probes; times in seconds."""

    kind: str
    """`liveness`, `readiness` or `startup`."""
    handler: str
    """Request or command as one text; equal for probes that check the same."""
    port: str = ""
    """Number or name of its port; empty for a command."""
    patience_s: int = 30
    """How long it may fail before the container is restarted or gets no traffic."""


@dataclass(frozen=True, slots=True)
class ContainerView:
    """One container as registered. Absent optional values are None (or empty collections)."""

    subject: str
    """Logical name of the resource; followed by a slash and the container's name if it has several."""
    target: str
    """`docker`, `kubernetes` or `cloudrun`."""
    name: str
    role: str = MAIN
    """In a pod: `main`, `init`, `sidecar` (an init container that keeps running) or `ephemeral`; on Cloud Run `main` or
    `sidecar`."""
    urn: str = ""
    host: Annotated[str, of_stack("machine.connection")] = ""
    """Logical name of its machine component, else URN of its provider. Ports are unique per host."""
    image: Annotated[str | None, own("image", "build")] = None
    user: Annotated[str | None, own("hardening.run_as")] = None
    """`uid`, `uid:gid` or names, as given; None leaves it to the image."""
    groups: Annotated[tuple[str, ...], own("hardening.run_as")] = ()
    """Supplementary groups, including fsGroup."""
    non_root: Annotated[bool, own("hardening.run_as")] = False
    """The runtime refuses to start it as root."""
    security_context: bool = False
    """Kubernetes: the container itself has a security context."""
    privileged: bool = False
    no_new_privileges: Annotated[bool, own("hardening.no_new_privileges")] = False
    capabilities_added: Annotated[tuple[str, ...], own("hardening.capabilities")] = ()
    """Upper case, with the `CAP_` prefix (`ALL` stays)."""
    capabilities_dropped: Annotated[tuple[str, ...], own("hardening.capabilities")] = ()
    seccomp: Annotated[str | None, own("hardening.seccomp")] = None
    """`unconfined`, `runtime-default`, `custom`, or None for the target's default."""
    apparmor: str | None = None
    """`unconfined` or a profile; None for the target's default."""
    selinux: tuple[tuple[str, str], ...] = ()
    """(option, value) pairs: `type`, `user`, `role`, `level`, and `disable` on Docker."""
    proc_mount: str | None = None
    """As in Kubernetes; None for the default."""
    sysctls: tuple[str, ...] = ()
    """Docker: names. On Kubernetes they belong to the pod."""
    read_only_root: Annotated[bool, own("hardening.read_only_root")] = False
    host_process: bool = False
    """Windows: a process of the host."""
    host_network: bool = False
    host_pid: bool = False
    host_ipc: Annotated[bool, own("hardening.host_ipc")] = False
    host_uts: bool = False
    host_user_namespace: bool = False
    host_cgroup_namespace: bool = False
    mounts: Annotated[tuple[Mount, ...], own("mounts")] = ()
    devices: Annotated[tuple[str, ...], own("devices")] = ()
    """Host device paths."""
    ports: Annotated[tuple[PublishedPort, ...], of_group("ports")] = ()
    container_ports: Annotated[tuple[ContainerPort, ...], of_group("ports")] = ()
    """Kubernetes and Cloud Run: declared ports."""
    network_mode: Annotated[str | None, of_stack("machine.network")] = None
    """As in Docker: `bridge`, `none`, `host`, `container:<name>` or a network; None elsewhere."""
    networks: Annotated[tuple[str, ...], of_stack("machine.network")] = ()
    """User-defined networks it joins; empty text for a name that is unknown at preview."""
    extra_hosts: tuple[tuple[str, str], ...] = ()
    """(name, address) pairs."""
    memory_limit_mib: Annotated[int | None, own("memory.limit")] = None
    cpu_limit: Annotated[float | None, own("cpu.limit")] = None
    """CPUs, such as 1.5."""
    memory_request_mib: Annotated[int | None, own("memory.request")] = None
    """Kubernetes: the request, which defaults to the limit."""
    cpu_request: Annotated[float | None, own("cpu.request")] = None
    storage_request_mib: int | None = None
    """Ephemeral storage of the node."""
    storage_limit_mib: int | None = None
    process_limit: Annotated[int | None, of_stack("machine.process_limit")] = None
    open_files_limit: int | None = None
    """Docker: ulimit nofile, per process."""
    shared_memory_mib: Annotated[int | None, own("shared_memory")] = None
    """Size of /dev/shm; None for the default of 64 MiB, or a mount without a size."""
    log_driver: str | None = None
    log_bounded: bool = False
    """Logs on the host's disk have a maximum size, or are written elsewhere."""
    health_check: Annotated[bool, own("health")] = False
    """A liveness probe on Kubernetes."""
    probes: Annotated[tuple[Probe, ...], own("health")] = ()
    probe_hosts: Annotated[tuple[tuple[str, str], ...], own("health")] = ()
    """(probe or hook, host) pairs of those that target a host by name."""
    check_commands: Annotated[tuple[tuple[str, ...], ...], own("health")] = ()
    """Words of the commands and request paths of health checks and hooks."""
    check_headers: Annotated[tuple[tuple[str, str], ...], own("health")] = ()
    """(name, value) pairs of the headers that health checks and hooks send."""
    pull_policy: Annotated[str | None, own("image")] = None
    stop_grace_s: Annotated[int | None, own("stop_grace")] = None
    """Time between SIGTERM and SIGKILL; None for the target's default."""
    drain_s: int = 0
    """Part of it that the preStop hook takes."""
    restart: Annotated[str | None, own("restart")] = None
    restart_max: int | None = None
    one_shot: bool = False
    """It runs to completion and is not restarted."""
    env: Annotated[tuple[tuple[str, str], ...], own("env")] = ()
    """(name, value) pairs in order, with duplicates; an unknown value is empty."""
    env_secrets: Annotated[tuple[str, ...], own("secrets")] = ()
    """Variables filled from a secret store; a whole secret as `<secret>.*`."""
    init: Annotated[bool | None, own("init")] = None
    """Docker: an init process is process 1, and the program its child; None for the daemon's default."""
    args: Annotated[tuple[str, ...], own("command", "entrypoint")] = ()
    """Words of entry point and command."""
    gpu: Annotated[bool, own("gpu")] = False
    """It requests a GPU (device request, extended resource)."""
    gpu_runtime: Annotated[bool, own("gpu")] = False
    """Its runtime exposes GPUs by environment variables, including those of the image."""
    gpu_ids: tuple[str, ...] = ()
    """Docker: cards it requests, by index, UUID or CDI name."""
    ends_first: bool = False
    """Docker: a replacement stops it before the new one starts."""
    devices_asked: Annotated[Mapping[str, int], own("gpu")] = field(default_factory=dict)
    """Kubernetes: extended resources it requests, by name (`nvidia.com/gpu`)."""
    replicas: int = 1
    """Minimum number of replicas."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Labels of this project (`fleet.*`); on Docker all labels."""
    unknown: frozenset[str] = frozenset()
    """Fields that are unknown at preview, wholly or in part."""

    @property
    def label(self) -> str:
        """Its name in messages: as `docker ps` prints it on Docker, else `subject`."""
        return self.name if self.target == DOCKER else self.subject
