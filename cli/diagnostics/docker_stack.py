"""The Docker stack that `doctor` or `verify` examines."""

from __future__ import annotations

from cli.terminal import UserError, project_root
from fleet.load.project import load_project
from fleet.model import Fleet
from fleet.plan.deployment import Deployment
from fleet.plan.planner import plan_stack
from fleet.targets.registry import profile


def docker_stack(stack: str, *, without_gpu: bool = False) -> tuple[Fleet, Deployment]:
    """Loads the fleet and plans one of its Docker stacks. Raises UserError for an unknown stack or another target."""
    fleet = load_project(project_root()).fleet
    deployment = plan_stack(fleet, stack, without_gpu=without_gpu)
    if not profile(deployment.machine.target).has_daemon:
        msg = f"{stack}: its target is {deployment.machine.target}; only Docker machines can be examined"
        raise UserError(msg)
    return fleet, deployment
