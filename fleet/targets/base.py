"""The interface of a target. Each target implements it in its own package; only the registry knows which."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from fleet.model import Container, ContainerGroup, Exposure, Fleet, Gpu, GpuBudget, Port, Rollout, RolloutState, Stack
from fleet.network.addresses import Endpoint
from fleet.network.health_port import in_order, loopback_port, shared_health_port
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.targets.entries import GroupEntries
from fleet.targets.features import Feature, Need, Support
from fleet.targets.gpu_use import Cards, CardUse, PoolUse
from fleet.targets.reserved import Reserved, reserved


class TargetBase(ABC):
    """What a target supports and limits; methods with a body are defaults. `_text` methods return text for people."""

    capabilities: ClassVar[Mapping[Feature, Support]]
    unrendered: ClassVar[Mapping[str, str]]
    """Path of a planned container's field that no render carries -> where it takes effect instead.

    A field that takes effect nowhere belongs in `capabilities`, under the feature that `features.FIELDS` names.
    """
    has_modes: ClassVar[bool] = False
    """Whether groups may take turns on its GPUs, because no scheduler assigns them."""
    reached_by_port: ClassVar[bool] = False
    """Whether other machines reach an endpoint by a port of its host."""
    has_daemon: ClassVar[bool] = False
    """Whether a Docker daemon runs its containers; `doctor` and `verify` examine it."""

    adds_files_to_images: ClassVar[bool] = False
    """Whether files of the project get into a container by an image that its machine builds."""

    @abstractmethod
    def check(self, fleet: Fleet, sources: Sources) -> Iterator[Fault]:
        """Faults of all stacks on this target."""

    @abstractmethod
    def cards_of(self, stack: Stack, group: str, budget: GpuBudget) -> Cards | None:
        """The cards of a container; None if the stack has no such cards."""

    def device_files(self, gpu: Gpu) -> Sequence[str]:
        """Files of the host that a container with a card gets, besides what the card's driver adds."""
        return ()

    @abstractmethod
    def host(self, endpoint: Endpoint) -> str:
        """Host name of an endpoint on its own machine."""

    def url(self, endpoint: Endpoint, seen_from: Stack) -> str:
        """Address of an endpoint for a stack's containers, `tcp://host:port`."""
        port = endpoint.port
        if seen_from.name == endpoint.stack.name:
            return f"{port.scheme}://{self.host(endpoint)}:{port.port}"
        return f"{port.scheme}://{endpoint.name_elsewhere}:{port.outer_port}"

    def unreachable_text(self, endpoint: Endpoint) -> str:
        """Why other machines do not reach an endpoint; empty if they do."""
        return ""

    def published_for_people(self, port: Port, stack: Stack) -> str | None:
        """Address of the host that a port is published on for people."""
        return None

    def opens_for_people(self, port: str, group: ContainerGroup, stack: Stack) -> bool:
        """Whether the stack's file opens a port to people in the target's own way."""
        return False

    def sharing_ports(self, group: ContainerGroup, key: str) -> Sequence[str]:
        """Containers of a group that share their ports with this one, itself included; the main one first."""
        return in_order(group)

    def health_port(self, group: ContainerGroup, key: str) -> int:
        """Health port of a container; sidecars share the ports of their main container."""
        return shared_health_port(group, key)

    def loopback_port(self, group: ContainerGroup, key: str) -> int:
        """The agent host's port behind its front door."""
        near = self.sharing_ports(group, key)
        return loopback_port(group, key, {other: self.health_port(group, other) for other in near})

    def group_entries(self, stack: Stack) -> Iterator[GroupEntries]:
        """Maps of a stack's file that have an entry per group."""
        yield GroupEntries(("rollouts",), stack, RolloutState)

    def needs(self, group: ContainerGroup, stack: Stack, fleet: Fleet) -> Iterator[Need]:
        """Features a group needs on this target only."""
        return iter(())

    def cards(self, stack: Stack, groups: Sequence[ContainerGroup]) -> tuple[CardUse, ...]:
        """Cards of the host, with what the groups reserve."""
        return ()

    def pools(self, stack: Stack, groups: Sequence[ContainerGroup]) -> tuple[PoolUse, ...]:
        """Node pools with cards, with what the groups reserve."""
        return ()

    def rollout(self, group: ContainerGroup, stack: Stack, groups: Sequence[ContainerGroup]) -> Rollout:
        """Rollout of a group on a stack that runs `groups`."""
        return group.rollout

    def reserved(self, stack: Stack, container: Container) -> Reserved:
        """Main memory and CPU of a container, from its group's file."""
        return reserved(stack, container)

    def granted(self, stack: Stack, group: ContainerGroup, key: str) -> Reserved:
        """Main memory and CPU that a container gets."""
        return self.reserved(stack, group.containers[key])

    def capacity_mib(self, stack: Stack) -> int:
        """Main memory for groups."""
        return stack.machine.memory_mib

    def runs_to_its_end(self, stack: Stack, group: str) -> bool:
        """Whether a group is a job."""
        return False

    def registry_remedy(self, stack: Stack) -> str | None:
        """How to set a registry; None if the target builds its own images."""
        return "set images.registry to where you push them"

    def stop_grace_s(self, container: Container) -> int:
        """Seconds between SIGTERM and SIGKILL."""
        return container.stop_grace_s

    def exposure(self, stack: Stack, group: str) -> Exposure | None:
        """How a group is exposed outside the machine, other than by a host port."""
        return None

    @abstractmethod
    def card_text(self, stack: Stack, group: str, budget: GpuBudget) -> str:
        """A GPU budget's share of a card."""

    def card_left_text(self, stack: Stack, budget: GpuBudget, groups: Sequence[ContainerGroup]) -> str:
        """What stays free on a budget's card while `groups` run; empty if nothing is shared."""
        return ""

    @abstractmethod
    def volume_text(self, key: str, group: ContainerGroup, stack: Stack, *, scratch: bool) -> str:
        """Location of a volume."""

    @abstractmethod
    def secret_text(self, name: str, group: ContainerGroup, stack: Stack) -> tuple[str, str]:
        """Location of a secret, and how to put it there."""

    def instance_text(self, stack: Stack, group: ContainerGroup) -> str:
        """Size and number of a group's instances; empty if it shares a machine with other groups."""
        return ""

    def copies(self, group: ContainerGroup) -> int:
        """Copies of a group that always run."""
        return 1

    def volume_name(self, key: str, stack: Stack) -> str:
        """Name of a volume on the target."""
        return f"{stack.machine.name}-{key}"
