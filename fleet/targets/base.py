"""The interface of a target. Each target implements it in its own package; only the registry knows which."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from fleet.model import Container, ContainerGroup, Exposure, Fleet, GpuBudget, Rollout, Stack
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.targets.features import Feature, Need, Support
from fleet.targets.gpu_use import Card, CardUse, PoolUse
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

    @abstractmethod
    def check(self, fleet: Fleet, sources: Sources) -> Iterator[Fault]:
        """Faults of all stacks on this target."""

    @abstractmethod
    def card(self, stack: Stack, group: str, budget: GpuBudget) -> Card | None:
        """Source of a group's GPU memory; None if the stack has no such card."""

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
