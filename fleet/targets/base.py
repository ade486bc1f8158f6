"""What the fleet asks of a target: each of them answers in its own package, and the registry alone knows which."""

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
    """A target's answers. Methods that have a body answer for the targets that know nothing special."""

    capabilities: ClassVar[Mapping[Feature, Support]]
    """Every feature -> what the target does of it."""
    unrendered: ClassVar[Mapping[str, str]]
    """Path of a planned container's field that no render carries -> where it takes effect instead.

    A field that takes effect nowhere belongs among `capabilities`, under the feature that `features.FIELDS` names.
    """
    has_modes: ClassVar[bool] = False
    """Whether nobody schedules its cards, so that groups may take turns on them."""
    reached_by_port: ClassVar[bool] = False
    """Whether other machines reach an endpoint by a port of its host."""

    @abstractmethod
    def check(self, fleet: Fleet, sources: Sources) -> Iterator[Fault]:
        """Every fault of the stacks that run on this target."""

    @abstractmethod
    def card(self, stack: Stack, group: str, budget: GpuBudget) -> Card | None:
        """What a GPU budget of a group is taken from; None where the stack has no such card."""

    def needs(self, group: ContainerGroup, stack: Stack, fleet: Fleet) -> Iterator[Need]:
        """Features that only this target sees a group ask for."""
        return iter(())

    def cards(self, stack: Stack, groups: Sequence[ContainerGroup]) -> tuple[CardUse, ...]:
        """Every card of a host with what groups take of it."""
        return ()

    def pools(self, stack: Stack, groups: Sequence[ContainerGroup]) -> tuple[PoolUse, ...]:
        """Every node pool that has cards, with what groups take of it."""
        return ()

    def rollout(self, group: ContainerGroup, stack: Stack, groups: Sequence[ContainerGroup]) -> Rollout:
        """How a group's new version takes over on a stack, whose groups are given."""
        return group.rollout

    def reserved(self, stack: Stack, container: Container) -> Reserved:
        """Main memory and processor time of a container, as its group's file asks for them."""
        return reserved(stack, container)

    def granted(self, stack: Stack, group: ContainerGroup, key: str) -> Reserved:
        """Main memory and processor time that a container gets."""
        return self.reserved(stack, group.containers[key])

    def runs_to_its_end(self, stack: Stack, group: str) -> bool:
        """Whether a group is a job."""
        return False

    def registry_remedy(self, stack: Stack) -> str | None:
        """What to do where images are built on one machine; None for a target that builds its own."""
        return "set images.registry to where you push them"

    def stop_grace_s(self, container: Container) -> int:
        """Seconds between SIGTERM and SIGKILL."""
        return container.stop_grace_s

    def exposure(self, stack: Stack, group: str) -> Exposure | None:
        """How a group is reached from outside the machine, other than by a port of the host."""
        return None

    @abstractmethod
    def card_text(self, stack: Stack, group: str, budget: GpuBudget) -> str:
        """A GPU budget's part of a card, in words."""

    def card_left_text(self, stack: Stack, budget: GpuBudget, groups: Sequence[ContainerGroup]) -> str:
        """What stays free of a budget's card with some groups on the stack, in words; empty where nothing is shared."""
        return ""

    @abstractmethod
    def volume_text(self, key: str, group: ContainerGroup, stack: Stack, *, scratch: bool) -> str:
        """Where a volume of a group is, in words."""

    @abstractmethod
    def secret_text(self, name: str, group: ContainerGroup, stack: Stack) -> tuple[str, str]:
        """Where a secret of a group is, in words, and how its owner puts it there."""

    def instance_text(self, stack: Stack, group: ContainerGroup) -> str:
        """Size and number of a group's instances, in words; empty where it shares a machine with others."""
        return ""

    def copies(self, group: ContainerGroup) -> int:
        """Copies of a group that always run."""
        return 1

    def volume_name(self, key: str, stack: Stack) -> str:
        """Name of a volume on the target."""
        return f"{stack.machine.name}-{key}"
