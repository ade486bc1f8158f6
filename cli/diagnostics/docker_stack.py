"""The stack a command looks at."""

from __future__ import annotations

from cli.terminal import UserError, project_root
from fleet.load.project import load_project
from fleet.model import Fleet, Target
from fleet.plan.deployment import Deployment
from fleet.plan.planner import plan_stack


def docker_stack(stack: str, *, without_gpu: bool = False) -> tuple[Fleet, Deployment]:
    """The fleet and the deployment of one of its Docker machines.

    Raises UserError for a stack that is not there, or runs on something else.
    """
    fleet = load_project(project_root()).fleet
    deployment = plan_stack(fleet, stack, without_gpu=without_gpu)
    if deployment.machine.target is not Target.DOCKER:
        msg = (
            f"{stack} is no Docker machine ({deployment.machine.target}); only a Docker daemon can be looked at so far"
        )
        raise UserError(msg)
    return fleet, deployment
