"""R04: the number of instances is limited, and so is the bill."""

from __future__ import annotations

from policy.core.checks import on_field
from policy.core.rule import Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.cloudrun import JOB, RunView


def _problem(run: RunView, settings: Settings) -> str | None:
    most, bound = run.instances_max, settings["at_most"]
    if run.kind == JOB:
        return None
    if most is None:
        return "instances_max is not set, so a traffic spike or a loop may start and bill a hundred or more"
    return f"instances_max is {most}, above the {bound} that this rule allows" if most > bound else None


RULE = ResourceRule(
    id="R04",
    name="bounded-instances",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="A service has a maximum number of instances.",
    remedy="set max_instances of its group under machine.cloud.services, or at_most of this rule in the policy config",
    elsewhere="set scaling.maxInstanceCount",
    defaults={"at_most": 100},
    resources=(ResourceCheck(of="runs", **on_field("instances_max", _problem)),),
)
