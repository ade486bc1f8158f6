"""Data of one stack on the page."""

from __future__ import annotations

from dataclasses import dataclass

from cli.judging import Judged
from fleet.cost import StackCost
from fleet.plan.deployment import Deployment


@dataclass(frozen=True, slots=True)
class Facts:
    """A stack's plan, policy results and cost."""

    deployment: Deployment
    judged: Judged
    cost: StackCost

    @property
    def name(self) -> str:
        return self.deployment.stack
