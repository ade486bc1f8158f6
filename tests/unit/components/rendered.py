"""Every container of the shipped stacks, rendered."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from components.docker.render import render_container
from tests.unit.builders import LATER, STACKS, Change, assert_accepted, container, planned, under

Rendered = dict[str, Any]


@cache
def all_rendered() -> dict[str, Rendered]:
    """By container name, all three stacks together."""
    plans = [planned(stack) for stack in STACKS]
    return {found.name: render_container(found, plan) for plan in plans for found in plan.containers}


def gpu_containers() -> set[str]:
    """Names of the containers with a GPU budget."""
    return {found.name for stack in STACKS for found in planned(stack).containers if found.gpu}


def every_container(check: Callable[[Rendered], None]) -> Callable[[], None]:
    """Makes a test of a check that holds for each container; a failure names the one it is about."""

    def test() -> None:
        assert len(all_rendered()) == 18
        for name, rendered in all_rendered().items():
            try:
                check(rendered)
            except AssertionError as error:
                error.add_note(f"in container {name}")
                raise

    test.__name__, test.__doc__ = check.__name__, check.__doc__
    return test


def changed(folder: Path, stack: str, name: str, **changes: Change) -> Rendered:
    """A container of the shipped fleet with changes to its files, rendered."""
    deployment = planned(stack, assert_accepted(folder, **changes).fleet)
    return render_container(container(deployment, name), deployment)


def weakened_tutor(folder: Path, **fields: str) -> Rendered:
    """The tutor group with fields of its hardening weakened, each with its exception."""
    exceptions = ", ".join(f"{name}: {{reason: the test wants it, until: {LATER}}}" for name in fields)
    keys = ", ".join(f"{name}: {value}" for name, value in fields.items())
    change = under("{request: 500m", f"    hardening: {{{keys}, exceptions: {{{exceptions}}}}}")
    return changed(folder, "pc2", "tutor-suite-cpu", tutor_suite_cpu=change)


def accepted_names(resource: Any) -> set[str]:
    """Arguments of a provider's resource class."""
    return set(inspect.signature(resource._internal_init).parameters) - {"self", "resource_name", "opts"}
