"""Stacks to reckon with: a home machine, a cluster and a project on Cloud Run, with one small group or two."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from fleet.cost import StackCost, shipped_prices, stack_cost
from fleet.model import Fleet
from fleet.plan.planner import plan_stack
from tests.unit.builders import load_project, small_group, small_stack, write_project

POWER = "{idle_watts: 100, load_watts: 500, tariff_usd_per_kwh: 0.30, price_usd: 2400, years: 4}"


def costs(stack: str, text: str, **groups: str) -> StackCost:
    """What a stack of this text costs, with these group files in addition to the shipped ones."""
    with TemporaryDirectory() as folder:
        fleet = load_project(write_project(Path(folder), **{f"stack_{stack}": text}, **groups)).fleet
    return reckoned(fleet, stack)


def reckoned(fleet: Fleet, stack: str) -> StackCost:
    """What a stack of a fleet costs."""
    return stack_cost(fleet.stacks[stack], fleet.groups, plan_stack(fleet, stack), shipped_prices())


def home(*groups: str, power: str = POWER, **machine: str) -> str:
    """A stack file of a home machine."""
    return small_stack("den", *groups, power=power, **machine)


def cloud(*groups: str, services: str = "", top: str = "", regions: str = "us-central1", budget: str = "") -> str:
    """A stack file of a project on Cloud Run; `services` is YAML for its services."""
    return (
        'config:\n  pulumi:disable-default-providers: ["*"]\n'
        "  fleet:machine:\n"
        "    name: air\n    title: Cloud Run\n    class: container-service\n    target: cloudrun\n"
        "    connection: gcp://some-project\n"
        f"    cloud: {{project_number: 123, regions: [{regions}], services: {{{services}}}{budget}}}\n"
        f"  fleet:images: {{registry: us-docker.pkg.dev/some-project/fleet}}\n{top}"
        f"  fleet:groups: [{', '.join(groups)}]\n"
    )


def group(load: str = "", **keys: str) -> str:
    """A group file with an expected load; other keys as for `small_group`."""
    top = "\n".join(line for line in (keys.pop("top", ""), f"load: {{{load}}}" if load else "") if line)
    return small_group(top=top, **{"main": "agents: {Worker: {}}", **keys})
