"""Where a group's data, secrets and GPU memory are on a Docker machine, in words."""

from __future__ import annotations

from collections.abc import Sequence

from fleet.model import ContainerGroup, GpuBudget, Stack
from fleet.targets.base import TargetBase
from fleet.targets.docker.capacity import card_of, card_uses
from fleet.text import thousands


class Relocation(TargetBase):
    """A Docker machine's part of a move."""

    def card_text(self, stack: Stack, group: str, budget: GpuBudget) -> str:
        card = card_of(stack.machine, budget)
        if card is None:
            return f"no card of {stack.name}"
        figures = f"request {thousands(budget.request_mib)}, limit {thousands(budget.limit_mib)} MiB"
        return f"{figures} on {card} ({stack.machine.gpus[card].model}, {budget.enforcement})"

    def card_left_text(self, stack: Stack, budget: GpuBudget, groups: Sequence[ContainerGroup]) -> str:
        card = card_of(stack.machine, budget)
        use = next((use for use in card_uses(stack, groups) if use.name == card), None)
        return (
            f"{thousands(use.free_mib)} of {thousands(use.gpu.memory_mib)} MiB stay free on {use.name}" if use else ""
        )

    def volume_text(self, key: str, group: ContainerGroup, stack: Stack, *, scratch: bool) -> str:
        folder = stack.machine.binds.get(key)
        return f"{folder} on {stack.name}" if folder else f"volume {self.volume_name(key, stack)} on {stack.name}"

    def secret_text(self, name: str, group: ContainerGroup, stack: Stack) -> tuple[str, str]:
        where = f"{stack.machine.secrets_folder}/{name} on {stack.name}"
        return where, "write its file there, readable by the agents' user"
