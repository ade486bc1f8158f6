"""A machine: something that runs containers, described by one stack file."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from fleet.model.base import AbsolutePath, FrozenMap, Model, Name
from fleet.model.cloud import Cloud
from fleet.model.cluster import Cluster
from fleet.model.cost import Power
from fleet.model.device import Arch, DeviceClass, LanEncryption, Target
from fleet.model.gpu import Gpu
from fleet.model.quantities import MemoryMib

LONGEST_PREFIX = 29
"""Eight addresses: network, gateway, broadcast and five containers."""

NETWORK_NAME_MAX = 101
"""The machine's own name of 60 characters, and a tenant's of 40 after it."""

DOCKER_25_API_MINOR = 44
"""Docker 25: its API brought a health check's start interval."""


class Subnet(Model):
    """Addresses of containers on one machine."""

    subnet: IPv4Network
    """One /24 outside Docker's default pools, such as 10.210.7.0/24."""
    inside_docker_pool: bool = False
    """Says that a subnet inside Docker's default pools is meant."""

    @model_validator(mode="after")
    def _has_room(self) -> Self:
        if self.subnet.prefixlen > LONGEST_PREFIX:
            msg = f"subnet {self.subnet} has no room for a gateway and containers; take a /{LONGEST_PREFIX} or larger"
            raise ValueError(msg)
        return self


class ContainerNetwork(Subnet):
    """A bridge network of the machine; a bridge cannot span two hosts."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$", min_length=2, max_length=NETWORK_NAME_MAX)
    """Its name on the daemon, such as mainpc_internal."""


class LanTraffic(Model):
    """What encrypts the traffic that goes to a machine's LAN address, or why nothing does."""

    by: LanEncryption | None = None
    """What encrypts it."""
    none: Annotated[str, StringConstraints(min_length=10, max_length=200)] | None = None
    """Why it goes in the clear, in place of the other: who is on that network reads and changes it."""

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.by is None) == (self.none is None):
            what = "neither by nor none is" if self.by is None else "by and none are both"
            msg = f"{what} given; give by, or none with the reason why it goes in the clear"
            raise ValueError(msg)
        return self


class Machine(Model):
    """A machine and what it has to give."""

    name: Name
    """Prefix of its endpoints' names on other machines: `<name>-<group>`."""
    title: str = Field(min_length=1)
    """What people call it."""
    target: Target = Target.DOCKER
    """What runs its containers."""
    device_class: DeviceClass = Field(alias="class")
    """What the device is; decides how containers get onto it."""
    arch: Arch | None = None
    """Processor architecture; a cluster states its pools' instead."""
    connection: str = Field(
        pattern=r"^(ssh://[^\s/]+|unix:///\S+|tcp://[^\s/]+|kubeconfig://\S+|gcp://[a-z][a-z0-9-]{4,28}[a-z0-9])$"
    )
    """The daemon: `ssh://user@address`, or `unix:///var/run/docker.sock` on the machine you sit at. A cluster:
    `kubeconfig://<context>`, a context of your kubeconfig. Cloud Run: `gcp://<project>`."""
    docker_api: str = Field(default="1.41", pattern=r"^1\.\d+$")
    """API version of the Docker daemon, as `docker version` prints it; the default is the oldest one supported. From
    1.44 (Docker 25) a container that starts is probed every second, and then at its interval."""
    lan_address: IPv4Address | None = None
    """Address other machines reach it by; needed once one of them uses a group of it."""
    lan_traffic: LanTraffic | None = None
    """What encrypts the traffic that other machines send to `lan_address`, or why nothing does."""
    stated_cpus: int | None = Field(default=None, alias="cpus", ge=1)
    """Processors (nproc)."""
    stated_memory_mib: MemoryMib | None = Field(default=None, alias="memory")
    """Main memory (free -m)."""
    memory_reserve_mib: MemoryMib = Field(default=2048, alias="memory_reserve")
    """Left to the operating system and whatever else runs there."""
    memory_enforced: bool | None = None
    """Of a single-board computer: whether its kernel runs with the memory cgroup, without which limits are ignored."""
    process_limit: int = Field(default=16384, ge=256, le=4194304)
    """Processes and threads all agents of the machine may have together (ulimit nproc counts a user id, not a
    container, and agents share one)."""
    gpus: FrozenMap[Name, Gpu] = Field(default_factory=dict, validate_default=True)
    """Card's key -> the card, as nvidia-smi prints it."""
    bridge: ContainerNetwork | None = Field(default=None, alias="network")
    """The network of a Docker machine's containers."""
    tenants: FrozenMap[Name, Subnet] = Field(default_factory=dict, validate_default=True)
    """Tenant -> the subnet its groups have on this machine, apart from all others."""
    devices: FrozenMap[AbsolutePath, DeviceAccess] = Field(default_factory=dict, validate_default=True)
    """Host devices that groups may ask for."""
    secrets_folder: AbsolutePath = "/srv/fleet/secrets"
    """Folder of the host that holds one file a secret, readable by the agents' user; its owner fills it."""
    binds: FrozenMap[Name, AbsolutePath] = Field(default_factory=dict, validate_default=True)
    """Volumes that live in a folder of the host: volume name -> path. All others are named volumes."""
    power: Power | None = None
    """What it costs to own and to run; without it, `fleet cost` says that nobody knows."""
    cluster: Cluster | None = None
    """What a Kubernetes cluster has to give, in place of all that one host has."""
    cloud: Cloud | None = None
    """How groups are run on Cloud Run, in place of all that one host has."""

    @property
    def cpus(self) -> int:
        """Processors of the host, or of all nodes."""
        return self.cluster.cpus if self.cluster else self.stated_cpus or 0

    @property
    def memory_mib(self) -> int:
        """Main memory of the host, or of all nodes."""
        return self.cluster.memory_mib if self.cluster else self.stated_memory_mib or 0

    @property
    def network(self) -> ContainerNetwork:
        """The bridge network of a Docker machine."""
        if self.bridge is None:
            msg = f"{self.name} is a {self.target} machine: it has no bridge network"
            raise TypeError(msg)
        return self.bridge

    @property
    def ignores_memory_limits(self) -> bool:
        """Whether nobody has attested that the kernel keeps memory limits, on a device whose stock system does not."""
        return self.device_class is DeviceClass.SINGLE_BOARD_COMPUTER and not self.memory_enforced

    @property
    def networks(self) -> tuple[ContainerNetwork, ...]:
        """The machine's own network, then one a tenant; none on a cluster."""
        own = (self.bridge,) if self.bridge else ()
        return (*own, *(self.tenant_network(tenant) for tenant in sorted(self.tenants)))

    def tenant_network(self, tenant: str) -> ContainerNetwork:
        """The network of a tenant's groups, `<network>_<tenant>`; KeyError for a tenant without a subnet here."""
        own = self.tenants[tenant]
        return ContainerNetwork(
            name=f"{self.network.name}_{tenant}", subnet=own.subnet, inside_docker_pool=own.inside_docker_pool
        )

    @property
    def archs(self) -> tuple[Arch, ...]:
        """Architectures of its nodes, one on a single host."""
        if self.cluster:
            return tuple(sorted({pool.arch for pool in self.cluster.node_pools.values()}))
        return (Arch.AMD64,) if self.cloud else (self.arch,) if self.arch else ()

    @property
    def cards(self) -> Mapping[str, Gpu]:
        """What a GPU budget can be taken from: a host's cards, or a cluster's pools with cards."""
        if self.cluster:
            return {name: pool.gpu for name, pool in self.cluster.node_pools.items() if pool.gpu}
        return self.gpus

    @property
    def has_docker_25(self) -> bool:
        """Whether the daemon is Docker 25 (API 1.44) or later."""
        return self.target is Target.DOCKER and int(self.docker_api.split(".")[1]) >= DOCKER_25_API_MINOR

    @model_validator(mode="after")
    def _class_fits_target(self) -> Machine:
        allowed = self.device_class.targets
        if self.target not in allowed:
            names = " or ".join(sorted(allowed))
            problem = f'target "{self.target}" does not fit class "{self.device_class}"'
            msg = f"{problem}; set target to {names}, or another class"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _is_described_by_its_kind(self) -> Machine:
        ours = _DESCRIBES.get(self.target, _OF_A_HOST)
        missing = [name for field, name in ours.items() if getattr(self, field) is None]
        if missing:
            msg = f"{', '.join(missing)} missing: a {self.target} machine needs it; add machine.{missing[0]}"
            raise ValueError(msg)
        foreign = [name for field, name in _foreign_to(self.target).items() if field in self.model_fields_set]
        if foreign:
            msg = f"{', '.join(foreign)} given, which a {self.target} machine does not have; drop machine.{foreign[0]}"
            raise ValueError(msg)
        schemes, want = _REACHED_BY.get(self.target, _REACHED_BY[Target.DOCKER])
        if not self.connection.startswith(schemes):
            msg = f'connection "{self.connection}" does not reach a {self.target} machine; give {want}'
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _cards_are_distinct(self) -> Machine:
        devices = [gpu.device for gpu in self.gpus.values()]
        twice = sorted({device for device in devices if devices.count(device) > 1})
        if twice:
            msg = f'two cards are device "{twice[0]}"; give each gpus.<card>.device its own index or UUID'
            raise ValueError(msg)
        return self


_OF_A_CLUSTER = {"cluster": "cluster"}
_OF_A_CLOUD = {"cloud": "cloud"}
_OF_A_HOST = {"arch": "arch", "stated_cpus": "cpus", "stated_memory_mib": "memory", "bridge": "network"}
_DESCRIBES = {Target.KUBERNETES: _OF_A_CLUSTER, Target.CLOUDRUN: _OF_A_CLOUD}
_REACHED_BY = {
    Target.DOCKER: (("ssh://", "unix://", "tcp://"), "ssh://user@address, or unix://, of its daemon"),
    Target.KUBERNETES: (("kubeconfig://",), "kubeconfig://<context>"),
    Target.CLOUDRUN: (("gcp://",), "gcp://<project>"),
}
_OF_HOSTS_ONLY = {
    **_OF_A_HOST,
    "memory_reserve_mib": "memory_reserve",
    "docker_api": "docker_api",
    "memory_enforced": "memory_enforced",
    "process_limit": "process_limit",
    "gpus": "gpus",
    "tenants": "tenants",
    "devices": "devices",
    "secrets_folder": "secrets_folder",
    "binds": "binds",
    "lan_address": "lan_address",
    "lan_traffic": "lan_traffic",
    "power": "power",
}


def _foreign_to(target: Target) -> Mapping[str, str]:
    """Fields that other kinds of machine have, and this one has not."""
    services = {**_OF_A_CLUSTER, **_OF_A_CLOUD}
    others = {**_OF_HOSTS_ONLY, **services} if target in _DESCRIBES else services
    return {field: name for field, name in others.items() if field not in _DESCRIBES.get(target, ())}


class DeviceAccess(Model):
    """How a host device is handed to a container."""

    group_id: int | None = Field(default=None, ge=1)
    """Numeric host group that may use it: a name would be looked up in the image."""
