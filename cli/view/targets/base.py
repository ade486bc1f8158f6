"""What commands show of a target. Each target has a module of its name here, with its `VIEW`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from fleet.model import Machine, Target
from fleet.plan.deployment import Deployment, PlannedGroup
from fleet.text import gibibytes

if TYPE_CHECKING:
    from rich.console import Console

    from cli.view.memory import Taken


class TargetView(ABC):
    """Methods with a body are defaults."""

    exports: ClassVar[tuple[str, ...]]
    """Formats of `fleet export`, the suggested one first."""

    @abstractmethod
    def show(self, out: Console, deployment: Deployment) -> None:
        """Prints what the groups use of the machine."""

    def capacity(self, machine: Machine) -> Iterator[str]:
        """The machine's size."""
        yield f"{machine.cpus} CPUs"
        yield gibibytes(machine.memory_mib)

    def main_memory(self, deployment: Deployment) -> tuple[str, Taken] | None:
        """(title, use) of the machine's main memory; None if it has no fixed capacity."""
        return None

    def copies(self, group: PlannedGroup, machine: Machine) -> tuple[int, int]:
        """Minimum and maximum number of a group's replicas."""
        return group.operation.scaling.min, group.operation.scaling.max

    def kind(self, group: PlannedGroup, machine: Machine) -> str:
        """What a group runs as; empty if the target has one kind only."""
        return ""

    def operation(self, group: PlannedGroup) -> Iterator[str]:
        """Copies and rollout of a group, in the table of a plan."""
        return iter(())

    def json(self, deployment: Deployment) -> Mapping[str, Any]:
        """Keys of a plan as JSON that only this target has."""
        return {}


def view_of(target: Target) -> TargetView:
    """The view of a target."""
    view: TargetView = import_module(f"cli.view.targets.{target}").VIEW
    return view
