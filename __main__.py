"""The Pulumi program: load the fleet, plan this stack, build it on its target."""

from pathlib import Path

import pulumi

from components import build
from fleet.charge import charged
from fleet.errors import UserError
from fleet.load.project import load_project
from fleet.plan.planner import plan_stack
from fleet.source.faults import ConfigurationError

try:
    project = load_project(Path(__file__).parent)
    without_gpu = pulumi.Config("fleet").get_bool("without_gpu") or False
    deployment = charged(plan_stack(project.fleet, pulumi.get_stack(), without_gpu=without_gpu), project.fleet)
except (ConfigurationError, UserError) as error:
    # RunError shows the message without a traceback.
    raise pulumi.RunError(str(error)) from error

build(deployment)
