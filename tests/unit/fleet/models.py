"""Models with every field that must be given, and what a model says against a change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from fleet.model import Container, ContainerGroup, Machine


def taken(kind: Any, values: Iterable[Any]) -> list[Any]:
    """The values that a type takes."""
    found = []
    for value in values:
        try:
            TypeAdapter(kind).validate_python(value)
        except ValidationError:
            continue
        found.append(value)
    return found


def make_container(**changes: Any) -> Container:
    keys = {"build": {"variant": "cpu"}, "memory": {"request": "1GiB"}, "cpu": {"request": 1, "limit": 2}, **changes}
    return Container.model_validate({key: value for key, value in keys.items() if value is not None})


def make_group(**changes: Any) -> ContainerGroup:
    main = {"build": {}, "memory": {"request": "1GiB"}, "cpu": {"limit": 1}}
    return ContainerGroup.model_validate(
        {"name": "ears", "system": "assistant", "containers": {"main": main}, **changes}
    )


def make_machine(**changes: Any) -> Machine:
    keys = {
        "name": "pi",
        "title": "Pi",
        "class": "workstation",
        "arch": "amd64",
        "connection": "ssh://owner@192.168.1.30",
        "cpus": 4,
        "memory": "8GiB",
        "network": {"name": "pi_internal", "subnet": "10.210.3.0/24"},
        **changes,
    }
    return Machine.model_validate(keys)


def problem(build: Any, /, **changes: Any) -> str:
    """What a model says against the changes, the first fault of it."""
    with pytest.raises(ValidationError) as caught:
        build(**changes)
    return str(caught.value.errors()[0]["msg"])
