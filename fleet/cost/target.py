"""The costs of a target. Each target has a module of its name here, with its `COSTS`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import ClassVar

from fleet.cost.figures import Part
from fleet.cost.prices import Prices
from fleet.model import ContainerGroup, Machine, Stack, Target
from fleet.plan.deployment import Deployment


@dataclass(frozen=True, slots=True)
class OwnCosts:
    """Costs that each group causes alone, by its name, and costs of no group."""

    by_group: Mapping[str, tuple[Part, ...]] = field(default_factory=dict)
    extra: tuple[Part, ...] = ()


class TargetCosts:
    """What costs money on a target. By default, nothing does."""

    assumption: ClassVar[str] = (
        "groups are busy at the same hours; the machine's cost is split by reserved main and GPU memory"
    )

    def machine(self, machine: Machine, groups: Sequence[ContainerGroup]) -> tuple[Part, ...]:
        """Costs of the machine, split among its groups."""
        return ()

    def own(self, stack: Stack, groups: Sequence[ContainerGroup], deployment: Deployment, prices: Prices) -> OwnCosts:
        """Costs of the groups; `groups` are the deployment's, in its order."""
        return OwnCosts()


def costs_of(target: Target) -> TargetCosts:
    """The costs of a target."""
    costs: TargetCosts = import_module(f"fleet.cost.{target}").COSTS
    return costs
