"""Runs a project's Pulumi program in process and returns the registered resources."""

from __future__ import annotations

import asyncio
import runpy
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pulumi
from pulumi.runtime import set_mocks
from pulumi.runtime.stack import run_pulumi_func

from cli.preview.recorder import Recorder
from components import build
from components.listing import Entry, inventory
from fleet.errors import UserError
from fleet.load.project import Project
from fleet.plan.deployment import Deployment
from fleet.source.faults import ConfigurationError
from policy.views.registered import Registered


@dataclass(frozen=True)
class Run:
    """Result of one run: the program's own project and deployment, and the resources it registered, parents first."""

    project: Project
    deployment: Deployment
    resources: Sequence[Registered]

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """Logical name -> entry of the inventory."""
        return {entry.name: entry for entry in inventory(self.deployment).walk()}


def run_program(root: Path, stack: str, config: Mapping[str, str] | None = None) -> Run:
    """Runs `__main__.py` of a project for a stack, like a preview without an engine.

    config: as for `pulumi preview --config`, such as `{"fleet:without_gpu": "true"}`.
    Raises the program's errors: `pulumi.RunError` for bad input, caused by an error of this project.
    """
    main = root / "__main__.py"
    if not main.is_file():
        problem = f"{main}: no such file; run from the project's folder, or restore it"
        raise UserError(problem)
    names: dict[str, object] = {}
    recorder = _recorded(stack, lambda: names.update(runpy.run_path(str(main), run_name="__main__")), config or {})
    project, deployment = names["project"], names["deployment"]
    if not isinstance(project, Project) or not isinstance(deployment, Deployment):
        msg = "__main__.py must define `project` (loaded) and `deployment` (planned)"
        raise TypeError(msg)
    return _run(project, deployment, recorder)


def run_deployment(project: Project, deployment: Deployment) -> Run:
    """Registers a deployment without the project's program, as for an export, which is rendered without it too."""
    return _run(project, deployment, _recorded(deployment.stack, lambda: build(deployment), {}))


def _run(project: Project, deployment: Deployment, recorder: Recorder) -> Run:
    """Orders the resources as in the inventory: the SDK registers those that are ready in the order of a set."""
    places = {(entry.type, entry.name): place for place, entry in enumerate(inventory(deployment).walk())}
    last = len(places)
    resources = sorted(recorder.registered(), key=lambda one: (places.get((one.type, one.name), last), one.urn))
    return Run(project, deployment, resources)


def _recorded(stack: str, register: Callable[[], object], config: Mapping[str, str]) -> Recorder:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        recorder = Recorder()
        set_mocks(recorder.mocks, project="fleet", stack=stack, preview=True, monitor=recorder)
        pulumi.runtime.set_all_config(dict(config))

        async def program() -> None:
            register()

        with _short_stack_traces():
            loop.run_until_complete(run_pulumi_func(program))
    finally:
        loop.close()
        asyncio.set_event_loop(None)
        pulumi.runtime.reset_options()
    return recorder


def run_offline(root: Path, stack: str, config: Mapping[str, str]) -> Run:
    """Runs a project's program. Raises ConfigurationError or UserError for bad input."""
    try:
        return run_program(root, stack, config)
    except pulumi.RunError as error:
        if isinstance(error.__cause__, (ConfigurationError, UserError)):
            # The program wraps these for the engine.
            raise error.__cause__ from None
        raise UserError(str(error)) from None


@contextmanager
def _short_stack_traces() -> Iterator[None]:
    """Keeps the SDK from sending the program's stack with each resource: a seventh of the time, never read."""
    before = getattr(sys, "tracebacklimit", None)
    # The SDK fails on an empty stack.
    sys.tracebacklimit = 1
    try:
        yield
    finally:
        if before is None:
            del sys.tracebacklimit
        else:
            sys.tracebacklimit = before
