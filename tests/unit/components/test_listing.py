"""What is listed is what is registered, and each resource names its owner."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import reduce
from typing import Any

import pytest

from cli.explain.stack import planned
from cli.preview.program import run_program
from components.docker.listing import CONTAINER
from components.listing import Entry, Ref, inventory
from policy.readers.stack import stack_view
from policy.views.registered import UNKNOWN
from tests.trial_cloud import FULL, REGIONS, trial
from tests.unit.builders import ROOT
from tests.unit.cli.explain.walks import LARGE, SMALL

SHIPPED = (*SMALL, *LARGE)


@pytest.mark.parametrize("stack", SHIPPED)
def test_every_registered_resource_is_listed_with_the_same_properties(stack: str) -> None:
    listed = planned(ROOT, stack)
    found = {(one.type, one.name): _decoded(one.type, one.inputs) for one in run_program(ROOT, stack).resources}
    assert set(found) == set(listed.resources)
    for resource, inputs in found.items():
        properties = _without_nothing(listed.properties(resource))
        assert _known(inputs, properties) == properties, resource


@pytest.mark.parametrize("stack", SHIPPED)
def test_a_container_that_policies_see_is_found_by_its_resource_and_key(stack: str) -> None:
    plan = planned(ROOT, stack).deployment
    entries = [entry for entry in inventory(plan).walk() if entry.containers]
    subjects = {view.subject for view in stack_view(run_program(ROOT, stack).resources).containers}
    found = {}
    for entry in entries:
        alone = entry.type == CONTAINER
        found |= {entry.name if alone else f"{entry.name}/{key}": (entry.group, key) for key in entry.containers}
    assert set(found) == subjects
    assert set(found.values()) == {(container.group, container.key) for container in plan.containers}


@pytest.mark.parametrize("stack", SHIPPED)
def test_an_entry_names_its_owner(stack: str) -> None:
    plan = planned(ROOT, stack).deployment
    root = inventory(plan)
    machine = {"name": plan.stack, **plan.machine.model_dump(by_alias=True)}
    groups = {group.name for group in (*plan.sharing, *plan.groups)}
    for entry in root.walk():
        assert entry.group is None or entry.group in groups or entry.volume in plan.volumes
        assert entry.volume is None or plan.volumes[entry.volume].group == entry.group
        if entry.group is None:
            assert entry.part[0] == "machine"
            assert reduce(lambda value, key: value[key], entry.part[1:], machine) is not None
    assert {entry.volume for entry in root.walk() if entry.volume} <= set(plan.volumes)
    assert {child.group for child in root.children if child.is_component and child.containers == ()} >= groups


def test_components_register_their_children_after_what_they_need() -> None:
    for stack in SHIPPED:
        registered: set[Entry] = set()
        for entry in _in_order(inventory(planned(ROOT, stack).deployment)):
            assert set(entry.needs) <= registered
            registered.add(entry)


def _in_order(entry: Entry) -> Iterator[Entry]:
    """Entries as they are complete: a component once its children are."""
    for child in entry.children:
        yield from _in_order(child)
    yield entry


def test_a_reference_is_the_value_of_what_it_means() -> None:
    plan = trial(cloud=FULL)
    by_name = {entry.name: entry for entry in inventory(plan).walk()}
    backend = by_name["trial-door-backend"]
    assert (backend.linked["backends"][0]["group"], backend.properties["backends"][0]["group"]) == (
        Ref(f"door-{REGIONS[0]}"),
        f"door-{REGIONS[0]}.id",
    )
    container = inventory(planned(ROOT, "mainpc").deployment).children[-1].children[0]
    (joined,) = container.properties["networks_advanced"]
    assert container.linked["networks_advanced"] == [{**joined, "name": Ref(joined["name"], "name")}]


def _decoded(type_: str, inputs: Any) -> Any:
    """Inputs of a provider travel as JSON."""
    if not type_.startswith("pulumi:providers:"):
        return _without_nothing(inputs)
    return {key: json.loads(value) if value[:1] in ("[", "{", "t", "f") else value for key, value in inputs.items()}


def _without_nothing(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nothing(item) for key, item in value.items() if item is not None}
    return [_without_nothing(item) for item in value] if isinstance(value, list) else value


def _known(inputs: Any, listed: Any) -> Any:
    """The inputs, with what the list says in place of what only the provider knows."""
    if inputs is UNKNOWN:
        return listed
    if isinstance(inputs, dict) and isinstance(listed, dict):
        return {key: _known(item, listed.get(key)) for key, item in inputs.items()}
    if isinstance(inputs, list) and isinstance(listed, list) and len(inputs) == len(listed):
        return [_known(*pair) for pair in zip(inputs, listed, strict=True)]
    return inputs
