"""A machine that runs containers, described by one stack file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field, StringConstraints

from fleet.model.base import Breach, Distinct, Flag, Form, FrozenMap, Model, Name, Reason, Title, Whole, rule
from fleet.model.cloud import Cloud
from fleet.model.cluster import Cluster
from fleet.model.cost import Power
from fleet.model.device import Arch, DeviceClass, LanEncryption, Target
from fleet.model.gpu import Gpu
from fleet.model.hardening import ID_MAX
from fleet.model.hosts import Connection, LanAddress, PrivateSubnet
from fleet.model.paths import AbsolutePath, DevicePath, HostFolder
from fleet.model.process import TimeZone
from fleet.model.quantities import CPUS_MAX, MemoryMib
from fleet.model.registry import RegistryHost, RegistryLogin
from fleet.model.vendor import Vendor

LONGEST_PREFIX = 29
"""Eight addresses: network, gateway, broadcast and five containers."""

NETWORK_NAME_MAX = 101
"""60 characters of the machine's network, and 40 of a tenant."""

DOCKER_25_API_MINOR = 44
"""Docker 25, the first API with a start interval of health checks."""


class Subnet(Model):
    """Container addresses on one machine."""

    subnet: PrivateSubnet
    """One /24 outside Docker's default pools, such as 10.210.7.0/24."""
    inside_docker_pool: Flag = False
    """Whether the subnet is inside Docker's default pools on purpose."""

    @rule
    def _has_room(self) -> Iterator[Breach]:
        if self.subnet.prefixlen > LONGEST_PREFIX:
            text = f"subnet {self.subnet} is too small for a gateway and containers; use a /{LONGEST_PREFIX} or larger"
            yield ("subnet",), text


NetworkName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", min_length=2, max_length=NETWORK_NAME_MAX),
    Form("start it with a lower-case letter, and use a-z, 0-9, _ and -, like mainpc_internal"),
]
ApiVersion = Annotated[
    str,
    StringConstraints(pattern=r"^1\.(4[1-9]|[5-9][0-9])$"),
    Form('write the API version in quotes, from "1.41" (Docker 20.10), like "1.44"'),
]


class ContainerNetwork(Subnet):
    """A bridge network, which cannot span hosts."""

    name: NetworkName
    """Name on the daemon, such as mainpc_internal."""


class LanTraffic(Model):
    """Encryption of the traffic to a machine's LAN address."""

    by: LanEncryption | None = None
    """What encrypts the traffic."""
    none: Annotated[Reason, StringConstraints(max_length=200)] | None = None
    """Why it is not encrypted: anyone on the network can read and change it. Excludes `by`."""

    @rule
    def _says_one_thing(self) -> Iterator[Breach]:
        if (self.by is None) == (self.none is None):
            problem = "neither by nor none is set" if self.by is None else "by and none are both set"
            yield (), f"{problem}; set by, or none with the reason for unencrypted traffic"


class Machine(Model):
    """A machine and its capacity."""

    name: Name
    """Prefix of its endpoints' host names on other machines: `<name>-<group>`."""
    title: Title
    """Display name."""
    target: Target = Target.DOCKER
    """What runs its containers."""
    device_class: DeviceClass = Field(alias="class")
    """Device class; restricts the targets."""
    arch: Arch | None = None
    """CPU architecture; a cluster sets its pools' instead."""
    connection: Connection
    """Docker: `ssh://user@address`, or `unix:///var/run/docker.sock` for the local daemon. Kubernetes:
    `kubeconfig://<context>`. Cloud Run: `gcp://<project>`."""
    docker_api: ApiVersion = "1.41"
    """API version of the Docker daemon, as `docker version` prints it; defaults to the oldest supported. From 1.44
    (Docker 25), starting containers are probed every second."""
    lan_address: LanAddress | None = None
    """Address for other machines; required if one uses a group of this machine."""
    lan_traffic: LanTraffic | None = None
    """Encryption of the traffic to `lan_address`."""
    timezone: TimeZone | None = None
    """Time zone of its containers (variable TZ), such as Europe/Berlin; UTC in most images by default."""
    stated_cpus: Whole | None = Field(default=None, alias="cpus", ge=1, le=CPUS_MAX)
    """CPUs (nproc)."""
    stated_memory_mib: MemoryMib | None = Field(default=None, alias="memory")
    """Main memory (free -m)."""
    memory_reserve_mib: MemoryMib = Field(default=2048, alias="memory_reserve")
    """Memory reserved for the operating system and other programs."""
    memory_enforced: Flag | None = None
    """Whether a single-board computer's kernel enables the memory cgroup; limits are ignored without it."""
    process_limit: Whole = Field(default=16384, ge=256, le=4194304)
    """Maximum processes and threads of all agents together: ulimit nproc applies to a user id, which they share."""
    gpus: FrozenMap[Name, Gpu] = Field(default_factory=dict, validate_default=True)
    """GPU cards by key."""
    bridge: ContainerNetwork | None = Field(default=None, alias="network")
    """Container network of a Docker machine."""
    tenants: FrozenMap[Name, Subnet] = Field(default_factory=dict, validate_default=True)
    """Tenant -> its isolated subnet on this machine."""
    dns: Distinct[LanAddress] = ()
    """DNS servers of its containers; defaults to the daemon's."""
    devices: FrozenMap[DevicePath, DeviceAccess] = Field(default_factory=dict, validate_default=True)
    """Host devices that groups may use."""
    registries: FrozenMap[RegistryHost, RegistryLogin] = Field(default_factory=dict, validate_default=True)
    """Host of a private registry -> the login that pulls its images."""
    secrets_folder: HostFolder = "/srv/fleet/secrets"
    """Host folder with one file per secret, readable by the agents' user and filled by its owner."""
    binds: FrozenMap[Name, AbsolutePath] = Field(default_factory=dict, validate_default=True)
    """Volume name -> host folder. All other volumes are named volumes."""
    power: Power | None = None
    """Price and power draw; `fleet cost` lists the machine as unpriced without it."""
    cluster: Cluster | None = None
    """Capacity and settings of a Kubernetes cluster, in place of a host's."""
    cloud: Cloud | None = None
    """Cloud Run settings, in place of a host's."""

    @property
    def cpus(self) -> int:
        """CPUs of the host, or of all nodes."""
        return self.cluster.cpus if self.cluster else self.stated_cpus or 0

    @property
    def memory_mib(self) -> int:
        """Memory of the host, or of all nodes."""
        return self.cluster.memory_mib if self.cluster else self.stated_memory_mib or 0

    @property
    def network(self) -> ContainerNetwork:
        """The bridge network of a Docker machine."""
        if self.bridge is None:
            msg = f"{self.name} is a {self.target} machine without a bridge network"
            raise TypeError(msg)
        return self.bridge

    @property
    def ignores_memory_limits(self) -> bool:
        """Whether it is a single-board computer without `memory_enforced`."""
        return self.device_class is DeviceClass.SINGLE_BOARD_COMPUTER and not self.memory_enforced

    @property
    def networks(self) -> tuple[ContainerNetwork, ...]:
        """The machine's network and its tenants' networks; none on a cluster."""
        own = (self.bridge,) if self.bridge else ()
        return (*own, *(self.tenant_network(tenant) for tenant in sorted(self.tenants)))

    def tenant_network(self, tenant: str) -> ContainerNetwork:
        """The network of a tenant's groups, `<network>_<tenant>`. Raises KeyError for a tenant without a subnet."""
        own = self.tenants[tenant]
        return ContainerNetwork(
            name=f"{self.network.name}_{tenant}", subnet=own.subnet, inside_docker_pool=own.inside_docker_pool
        )

    @property
    def archs(self) -> tuple[Arch, ...]:
        """Architectures of the host, or of all nodes."""
        if self.cluster:
            return tuple(sorted({pool.arch for pool in self.cluster.node_pools.values()}))
        return (Arch.AMD64,) if self.cloud else (self.arch,) if self.arch else ()

    @property
    def cards(self) -> Mapping[str, Gpu]:
        """A host's cards, or a cluster's pools with cards."""
        if self.cluster:
            return {name: pool.gpu for name, pool in self.cluster.node_pools.items() if pool.gpu}
        return self.gpus

    @property
    def has_docker_25(self) -> bool:
        """Whether the daemon is Docker 25 (API 1.44) or later."""
        return self.target is Target.DOCKER and int(self.docker_api.split(".")[1]) >= DOCKER_25_API_MINOR

    @rule
    def _class_fits_target(self) -> Iterator[Breach]:
        allowed = self.device_class.targets
        if self.target not in allowed:
            problem = f'"{self.target}" does not match class "{self.device_class}"'
            yield ("target",), f"{problem}; set target to {' or '.join(sorted(allowed))}, or another class"

    @rule
    def _fields_fit_target(self) -> Iterator[Breach]:
        if self.target not in self.device_class.targets:
            return
        required = _REQUIRED[self.target]
        missing = [_key(field) for field in required if getattr(self, field) is None]
        if missing:
            yield (), f"{', '.join(missing)} missing for a {self.target} machine; add machine.{missing[0]}"
        unsupported = {"cluster", "cloud", *_UNSUPPORTED[self.target]} - {*required}
        for field in Machine.model_fields:
            if field in unsupported & self.model_fields_set:
                yield (
                    (_key(field),),
                    f"{_key(field)} not supported on a {self.target} machine; drop machine.{_key(field)}",
                )
        schemes, form = _CONNECTIONS[self.target]
        if not self.connection.startswith(schemes):
            text = f'connection "{self.connection}" is not for a {self.target} machine; use {form}'
            yield ("connection",), text

    @rule
    def _reserves_leave_something(self) -> Iterator[Breach]:
        reserves: dict[tuple[str, ...], int] = {}
        if self.stated_memory_mib:
            reserves["memory_reserve",] = self.memory_reserve_mib
        for name, gpu in self.gpus.items():
            if gpu.mps and "shared_memory_mib" in gpu.mps.model_fields_set:
                reserves["gpus", name, "mps", "shared_memory"] = gpu.mps.shared_memory_mib
        for place, mib in reserves.items():
            if mib >= self.memory_mib:
                yield place, f"{mib} MiB leaves nothing of the machine's {self.memory_mib} MiB; lower it"

    @rule
    def _device_files_have_groups(self) -> Iterator[Breach]:
        for name, gpu in self.gpus.items():
            if gpu.vendor is not Vendor.NVIDIA and gpu.group_ids is None:
                files = f"{'/dev/kfd ' if gpu.vendor is Vendor.AMD else ''}{gpu.render_node}"
                text = f"group_ids missing, so agents may not use the card; add what `stat -c %g {files}` prints"
                yield ("gpus", name), text

    @rule
    def _unified_memory_is_the_machines(self) -> Iterator[Breach]:
        for name, gpu in self.gpus.items():
            if gpu.unified and self.stated_memory_mib and gpu.memory_mib > self.memory_mib:
                text = (
                    f"{gpu.memory_mib} MiB exceed the machine's {self.memory_mib} MiB, which the card shares; lower it"
                )
                yield ("gpus", name, "memory"), text

    @rule
    def _cards_are_distinct(self) -> Iterator[Breach]:
        cards: dict[str, str] = {}
        for name, gpu in self.gpus.items():
            first = cards.setdefault(gpu.render_node or gpu.device, name)
            if first != name:
                text = f'two cards have device "{gpu.device}"; set each gpus.<card>.device to its own index or UUID'
                yield ("gpus", name, "device"), text


_REQUIRED = {
    Target.DOCKER: ("arch", "stated_cpus", "stated_memory_mib", "bridge"),
    Target.KUBERNETES: ("cluster",),
    Target.CLOUDRUN: ("cloud",),
}
_CONNECTIONS = {
    Target.DOCKER: (("ssh://", "unix://", "tcp://"), "ssh://user@address or unix:// of its daemon"),
    Target.KUBERNETES: (("kubeconfig://",), "kubeconfig://<context>"),
    Target.CLOUDRUN: (("gcp://",), "gcp://<project>"),
}
_HOST_ONLY = (
    *_REQUIRED[Target.DOCKER],
    *("memory_reserve_mib", "docker_api", "memory_enforced", "process_limit", "gpus", "tenants", "devices", "dns"),
    *("secrets_folder", "binds", "lan_address", "lan_traffic", "power"),
)


_UNSUPPORTED = {
    Target.DOCKER: (),
    Target.KUBERNETES: _HOST_ONLY,
    Target.CLOUDRUN: (*_HOST_ONLY, "registries"),
}


def _key(field: str) -> str:
    return Machine.model_fields[field].alias or field


class DeviceAccess(Model):
    """Access of containers to a host device."""

    group_id: Whole | None = Field(default=None, ge=1, le=ID_MAX)
    """Numeric host group that may use it: names would be looked up in the image."""
