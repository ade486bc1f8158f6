"""What commands show of a Docker machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.view import bar
from cli.view.memory import Taken
from cli.view.targets.base import TargetView
from fleet.model import Machine
from fleet.plan.deployment import Deployment, PlannedGroup
from fleet.text import gibibytes

if TYPE_CHECKING:
    from rich.console import Console


class _Docker(TargetView):
    exports = ("compose",)

    def show(self, out: Console, deployment: Deployment) -> None:
        from cli.view.targets.docker_text import show_host

        show_host(out, deployment)

    def main_memory(self, deployment: Deployment) -> tuple[str, Taken]:
        return "Main memory", main_memory(deployment)

    def copies(self, group: PlannedGroup, machine: Machine) -> tuple[int, int]:
        return 1, 1


def main_memory(deployment: Deployment) -> Taken:
    """Main memory of a host."""
    machine, used = deployment.machine, deployment.memory_request_mib
    unified = deployment.unified_mib
    parts = (
        *bar.shares([("groups", used - unified), *([("GPU, unified", unified)] if unified else [])]),
        bar.reserve("system", machine.memory_reserve_mib),
        bar.free(machine.memory_mib - used - machine.memory_reserve_mib),
    )
    kept = gibibytes(machine.memory_reserve_mib)
    return Taken(parts, f"{gibibytes(used)} requested, {kept} reserve, of {gibibytes(machine.memory_mib)}")


VIEW = _Docker()
