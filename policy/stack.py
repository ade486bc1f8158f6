"""What a stack registered, as rules see it: containers, networks, volumes, machines and providers.

`MachineView` comes from the outputs of a machine component (`fleet:docker:DockerMachine`): the only place that knows a
machine's capacity. Two stacks on the same machine are invisible to each other: CrossGuard judges one stack at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from policy.containers import ContainerView


@dataclass(frozen=True, slots=True)
class CardView:
    """One GPU of a machine; memory in MiB."""

    name: str
    model: str
    capacity_mib: int
    desktop_reserve_mib: int
    context_mib: int
    """Cost of one CUDA process."""
    mps: bool = False
    """An MPS control daemon serves the card."""
    mps_uid: int | None = None
    mps_clients_max: int = 48


@dataclass(frozen=True, slots=True)
class MachineView:
    """One machine as its component published it."""

    subject: str
    name: str
    memory_mib: int
    memory_reserve_mib: int
    lan_address: str
    cards: tuple[CardView, ...] = ()
    subnets: Mapping[str, str] = field(default_factory=dict)
    """Every container subnet of the fleet: network name -> CIDR; this machine's own included."""
    allowed_overlaps: tuple[str, ...] = ()
    """CIDRs that lie in Docker's default pools on purpose."""
    start_after: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Every group of the fleet -> the groups it starts after."""


@dataclass(frozen=True, slots=True)
class NetworkView:
    subject: str
    name: str
    subnets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VolumeView:
    subject: str
    name: str
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProviderView:
    """An explicit provider. `host` is the daemon's URL where it has one; `tls` is whether it carries certificates."""

    subject: str
    package: str
    host: str | None = None
    tls: bool = False


@dataclass(frozen=True, slots=True)
class StackView:
    """Everything registered, in registration order."""

    containers: tuple[ContainerView, ...] = ()
    networks: tuple[NetworkView, ...] = ()
    volumes: tuple[VolumeView, ...] = ()
    machines: tuple[MachineView, ...] = ()
    providers: tuple[ProviderView, ...] = ()
