"""What is explained is what is registered: a list of resources made without Pulumi, held against the program's own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cli.explain.stack import planned
from cli.preview.program import run_program
from policy.views.registered import UNKNOWN
from tests.unit.builders import ROOT
from tests.unit.cli.explain.walks import SHIPPED


@pytest.mark.parametrize("stack", SHIPPED)
def test_every_registered_resource_is_listed_with_the_same_properties(stack: str) -> None:
    listed = planned(ROOT, stack)
    found = {(one.type, one.name): _decoded(one.type, one.inputs) for one in run_program(ROOT, stack).resources}
    assert set(found) == set(listed.resources)
    for resource, inputs in found.items():
        properties = _without_nothing(listed.properties(resource))
        assert _known(inputs, properties) == properties, resource


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
