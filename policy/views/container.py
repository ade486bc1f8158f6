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
"""Where processes of a container share memory."""

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
    """Whether what is mounted below it later is seen on the other side too, in the target's own word (`rshared`,
    `Bidirectional`); empty where none is given, which means that it is not."""


@dataclass(frozen=True, slots=True)
class PublishedPort:
    """A container port reachable from outside the container's network."""

    host_address: str
    """Address of the host it is bound to; empty, `0.0.0.0` or `::` is every address."""
    host_port: int
    """0 where the daemon picks one."""
    container_port: int
    protocol: str = "tcp"


@dataclass(frozen=True, slots=True)
class ContainerPort:
    """A port that a container says it listens on."""

    number: int
    name: str = ""
    protocol: str = "tcp"


@dataclass(frozen=True, slots=True)
class Probe:
    """One of Kubernetes' probes; times in seconds."""

    kind: str
    """`liveness`, `readiness` or `startup`."""
    handler: str
    """What it asks, in one text: two probes that ask the same have the same."""
    port: str = ""
    """Number or name of the port it asks; empty where it runs a command."""
    patience_s: int = 30
    """How long it may fail before something is done."""


@dataclass(frozen=True, slots=True)
class ContainerView:
    """One container as registered. Absent optional values are None (or empty collections)."""

    subject: str
    """Logical name of the resource; a pod's containers each add their name after a slash."""
    target: str
    """`docker`, `kubernetes` or `cloudrun`."""
    name: str
    role: str = MAIN
    """In a pod: `main`, `init`, `sidecar` (an init container that goes on) or `ephemeral`; on Cloud Run the first two
    but `init`."""
    urn: str = ""
    host: Annotated[str, of_stack("machine.connection")] = ""
    """What it runs on: the machine component's logical name, else its provider. One host, one set of ports."""
    image: Annotated[str | None, own("image", "build")] = None
    user: Annotated[str | None, own("hardening.run_as")] = None
    """`uid`, `uid:gid` or names, as given; None leaves it to the image."""
    groups: Annotated[tuple[str, ...], own("hardening.run_as")] = ()
    """Further groups; a pod's for files included."""
    non_root: Annotated[bool, own("hardening.run_as")] = False
    """The target itself refuses to start it as root."""
    security_context: bool = False
    """Kubernetes: the container has a security context of its own."""
    privileged: bool = False
    no_new_privileges: Annotated[bool, own("hardening.no_new_privileges")] = False
    capabilities_added: Annotated[tuple[str, ...], own("hardening.capabilities")] = ()
    """Upper case, with the `CAP_` prefix (`ALL` stays)."""
    capabilities_dropped: Annotated[tuple[str, ...], own("hardening.capabilities")] = ()
    seccomp: Annotated[str | None, own("hardening.seccomp")] = None
    """`unconfined`, `runtime-default`, `custom`, or None where the target's default profile applies."""
    apparmor: str | None = None
    """`unconfined` or a profile; None where the target's default profile applies."""
    selinux: tuple[tuple[str, str], ...] = ()
    """(part, value) pairs of what is set: `type`, `user`, `role`, `level`, and `disable` on Docker."""
    proc_mount: str | None = None
    """Kubernetes' word; None where the default applies."""
    sysctls: tuple[str, ...] = ()
    """Docker: names; a pod has them as a whole."""
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
    """Kubernetes: the ports it says it listens on."""
    network_mode: Annotated[str | None, of_stack("machine.network")] = None
    """Docker's own word: `bridge`, `none`, `host`, `container:<name>` or a network; None elsewhere."""
    networks: Annotated[tuple[str, ...], of_stack("machine.network")] = ()
    """User-defined networks it joins; an entry is empty where its name is not known yet."""
    extra_hosts: tuple[tuple[str, str], ...] = ()
    """(name, address) pairs."""
    memory_limit_mib: Annotated[int | None, own("memory.limit")] = None
    cpu_limit: Annotated[float | None, own("cpu.limit")] = None
    """CPUs, such as 1.5."""
    memory_request_mib: Annotated[int | None, own("memory.request")] = None
    """Kubernetes: what the scheduler sets aside; the limit where only that is given."""
    cpu_request: Annotated[float | None, own("cpu.request")] = None
    storage_request_mib: int | None = None
    """Disk of the node for what it writes and logs."""
    storage_limit_mib: int | None = None
    process_limit: Annotated[int | None, of_stack("machine.process_limit")] = None
    open_files_limit: int | None = None
    """Docker: ulimit nofile, of each process."""
    shared_memory_mib: Annotated[int | None, own("shared_memory")] = None
    """Size of /dev/shm; None where it is the default of 64 MiB, or a mount of no stated size."""
    log_driver: str | None = None
    log_bounded: bool = False
    """Logs on the host's disk are bounded in size, or written elsewhere."""
    health_check: Annotated[bool, own("health")] = False
    """A liveness probe on Kubernetes."""
    probes: Annotated[tuple[Probe, ...], own("health")] = ()
    probe_hosts: Annotated[tuple[tuple[str, str], ...], own("health")] = ()
    """(probe or hook, host) pairs where one asks another host than its own pod."""
    pull_policy: Annotated[str | None, own("image")] = None
    stop_grace_s: Annotated[int | None, own("stop_grace")] = None
    """From the signal to stop until it is killed; None where the target's default applies."""
    drain_s: int = 0
    """What of that a hook before the signal takes."""
    restart: Annotated[str | None, own("restart")] = None
    restart_max: int | None = None
    one_shot: bool = False
    """Expected to end by itself, and not started again."""
    env: Annotated[tuple[tuple[str, str], ...], own("env")] = ()
    """(name, value) pairs in order, duplicates kept; a value unknown at preview is the empty string."""
    env_secrets: Annotated[tuple[str, ...], own("secrets")] = ()
    """Variables filled from a secret store; a whole secret as `<secret>.*`."""
    args: Annotated[tuple[str, ...], own("command")] = ()
    """Entry point and command, a word each."""
    gpu: Annotated[bool, own("gpu")] = False
    """It is given a GPU through the target's own field (device request, runtime resource)."""
    gpu_runtime: Annotated[bool, own("gpu")] = False
    """Its runtime hands out GPUs by what the environment says, the image's own included."""
    gpu_ids: tuple[str, ...] = ()
    """Docker: the cards it is given by name: index, UUID or CDI name."""
    ends_first: bool = False
    """Docker: where it is replaced, it ends before its successor starts."""
    devices_asked: Annotated[Mapping[str, int], own("gpu")] = field(default_factory=dict)
    """Kubernetes: extended resources by name (`nvidia.com/gpu`), as the limit says."""
    replicas: int = 1
    """How many of it run at least."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """The project's own vocabulary (`fleet.*`); on Docker all labels."""
    unknown: frozenset[str] = frozenset()
    """Fields of this view whose value is unknown at preview, wholly or in part."""
