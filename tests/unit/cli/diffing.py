"""Small plans, as `fleet plan --json` prints them, and their differences."""

from __future__ import annotations

from typing import Any

from cli.diff.compare import compare_stack
from cli.diff.model import StackDiff
from cli.diff.reading import Reading

Tree = dict[str, Any]
CONTAINER = "docker:index/container:Container"
VOLUME = "docker:index/volume:Volume"
NETWORK = "docker:index/network:Network"


def a_container(**inputs: Any) -> Tree:
    """A container that stops within 5 s and starts within 70 s."""
    whole = {"destroyGraceSeconds": 5, "healthcheck": {"startPeriod": "1m10s"}, "envs": ["MOOD=calm"], **inputs}
    return {"type": CONTAINER, "name": "pc-speech-main", "parent": "pc-speech", "inputs": whole, "protect": False}


def a_resource(type_: str, name: str, /, *, protect: bool = False, **inputs: Any) -> Tree:
    """A resource of the group."""
    return {"type": type_, "name": name, "parent": "pc-speech", "inputs": inputs, "protect": protect}


def a_result(rule: str = "A01", level: str = "mandatory", message: str = "user is 0", **more: str) -> Tree:
    """A policy result at a line of the group's file."""
    where = {"resource": "pc-speech-main", "field": "user", "source": "groups/home/speech.yaml:9"}
    return {"id": rule, "name": "non-root-user", "level": level, "message": message, **where, **more}


def a_waived_result() -> Tree:
    """The same, waived."""
    why = "waived until 2999-01-01: the vendor mends it"
    return a_result(level="advisory", message=f"user is 0; {why}", kind="waived", waived=why)


def a_plan(*resources: Tree, policy: tuple[Tree, ...] = (), **more: Any) -> Reading:
    """A plan of stack `pc` with group `speech` in wave 2."""
    component = {"type": "fleet:docker:ContainerGroup", "name": "pc-speech", "parent": None, "inputs": {}}
    plan: Tree = {
        "stack": "pc",
        "resources": [component, *resources],
        "groups": [{"name": "speech", "wave": 2}],
        "gpus": [],
        "memory": {"requested_mib": 1024, "capacity_mib": 8192},
        "ports": [],
        "policy": list(policy),
        **more,
    }
    return Reading(plan, 0, "")


def a_card(requested: int) -> Tree:
    """A card of 24 564 MiB."""
    free = 24_564 - requested - 450
    figures = {"capacity_mib": 24_564, "requested_mib": requested, "context_mib": 450, "free_mib": free}
    return {"name": "gpu0", "model": "RTX 4090", "reserve_mib": 0, **figures}


def difference(before: Reading | None, after: Reading | None) -> StackDiff:
    """Of stack `pc`."""
    return compare_stack("pc", before, after)
