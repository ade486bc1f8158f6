"""One view of a container, whatever the target: rules read this and never a provider's own properties.

Adding a target means adding a reader beside `docker_container` (a Kubernetes pod yields several views, init containers
included) and naming it in READERS. Readers take anything: a property of the wrong shape reads as absent, a value unknown
at preview is listed in `unknown` under the view's own field name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Mount:
    """A path of the host or a named volume inside the container."""

    source: str
    """Host path (starts with `/`) or volume name; empty for tmpfs and anonymous volumes."""
    target: str
    kind: str
    """`bind`, `volume` or `tmpfs`."""
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class PublishedPort:
    """A container port reachable from outside the container's network."""

    host_address: str
    """Address of the host it is bound to; `0.0.0.0` or `::` is every address."""
    host_port: int
    container_port: int
    protocol: str = "tcp"


@dataclass(frozen=True, slots=True)
class ContainerView:
    """One container as registered. Absent optional values are None (or empty collections)."""

    subject: str
    """Logical name of the resource."""
    target: str
    """`docker`, `kubernetes` or `cloudrun`."""
    name: str
    image: str | None = None
    user: str | None = None
    """`uid`, `uid:gid` or names, as given; None leaves it to the image."""
    groups: tuple[str, ...] = ()
    privileged: bool = False
    no_new_privileges: bool = False
    capabilities_added: tuple[str, ...] = ()
    """Upper case, with the `CAP_` prefix (`ALL` stays)."""
    capabilities_dropped: tuple[str, ...] = ()
    seccomp: str | None = None
    """`unconfined`, `runtime-default`, `custom`, or None where the target's default profile applies."""
    read_only_root: bool = False
    host_network: bool = False
    host_pid: bool = False
    host_ipc: bool = False
    host_uts: bool = False
    host_user_namespace: bool = False
    host_cgroup_namespace: bool = False
    mounts: tuple[Mount, ...] = ()
    devices: tuple[str, ...] = ()
    """Host device paths."""
    ports: tuple[PublishedPort, ...] = ()
    networks: tuple[str, ...] = ()
    """User-defined networks it joins."""
    extra_hosts: tuple[tuple[str, str], ...] = ()
    """(name, address) pairs."""
    memory_limit_mib: int | None = None
    cpu_limit: float | None = None
    """CPUs, such as 1.5."""
    process_limit: int | None = None
    log_bounded: bool = False
    """Log size is bounded by the driver's options."""
    health_check: bool = False
    restart: str | None = None
    restart_max: int | None = None
    env: tuple[tuple[str, str], ...] = ()
    """(name, value) pairs in order, duplicates kept; a value unknown at preview is the empty string."""
    gpu: bool = False
    """It is given a GPU through the target's own field (device request, runtime resource)."""
    labels: Mapping[str, str] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()
    """Fields of this view whose value is unknown at preview."""


Reader = Callable[[str, Mapping[str, Any]], list[ContainerView]]
"""(logical name, provider properties in camelCase) -> the containers in it."""
