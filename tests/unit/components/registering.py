"""Runs components against the mock monitor and keeps what they asked of it, options included."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from functools import cache
from typing import Any
from unittest.mock import patch

import pulumi
from google.protobuf.json_format import MessageToDict
from pulumi.runtime import set_mocks
from pulumi.runtime.stack import run_pulumi_func

from cli.preview.recorder import STACK_TYPE, Recorder
from components import build
from fleet.plan.deployment import Deployment
from tests.unit.builders import planned


class Seen:
    """One registration: the request as the monitor got it, under the URN an engine would give it."""

    def __init__(self, urn: str, request: Any) -> None:
        self.urn, self.request = urn, request
        self.type, self.name, self.parent = str(request.type), str(request.name), str(request.parent)
        self.dependencies = set(request.dependencies)
        self.trigger: dict[str, Any] = MessageToDict(request.replacement_trigger) or {}


class KeepingRecorder(Recorder):
    """Keeps requests; refuses those of the named resources, as a daemon that cannot start a container does."""

    def __init__(self, failing: Collection[str] = ()) -> None:
        super().__init__()
        self.seen: list[Seen] = []
        self.published: dict[str, Any] = {}
        self.entrypoints: list[Callable[[], Any]] = []
        self._failing = failing

    def RegisterResource(self, request: Any) -> Any:
        if request.name in self._failing:
            msg = f"{request.name} did not become healthy"
            raise RuntimeError(msg)
        response = super().RegisterResource(request)
        if request.type != STACK_TYPE:
            self.seen.append(Seen(response.urn, request))
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:
        self.published[request.urn] = request.outputs
        return super().RegisterResourceOutputs(request)


class Registered:
    """What a program registered, by name."""

    def __init__(self, recorder: KeepingRecorder) -> None:
        self.all = recorder.seen
        self.by_name = {seen.name: seen for seen in recorder.seen}
        self.by_urn = {seen.urn: seen for seen in recorder.seen}
        self.triggers = {seen.name: seen.trigger for seen in recorder.seen}
        self.published = recorder.published
        self.entrypoints = recorder.entrypoints
        """What the program asked to be run once everything is registered (`pulumi.run`)."""
        self.plain = {resource.name: resource for resource in recorder.registered()}

    def of(self, kind: str) -> list[Seen]:
        """Resources whose type ends in a name: `Container`, `DockerMachine`."""
        return [seen for seen in self.all if seen.type.endswith(f":{kind}")]

    def before(self, name: str) -> set[str]:
        """URNs of everything that is created before a resource, its parents' dependencies included."""
        found: set[str] = set()
        waiting = [self.by_name[name].urn]
        while waiting:
            seen = self.by_urn.get(waiting.pop())
            if seen is None:
                continue
            more = {*seen.dependencies, seen.parent} - found
            found |= more
            waiting += more
        return found

    def names_before(self, name: str) -> set[str]:
        """The same by logical name, of what the program registered itself."""
        return {self.by_urn[urn].name for urn in self.before(name) if urn in self.by_urn}


def run(program: Callable[[], Any], stack: str, *, preview: bool = True, failing: Collection[str] = ()) -> Registered:
    """Runs a program as a stack of the project, in a preview by default."""
    recorder = KeepingRecorder(failing)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        set_mocks(recorder.mocks, project="fleet", stack=stack, preview=preview, monitor=recorder)

        async def main() -> None:
            program()

        if failing:
            # Whoever waited for what failed never learns of it, which is no fault of the program's.
            loop.set_exception_handler(lambda *_: None)
        try:
            # Mocks never run it.
            with patch.object(pulumi, "run", recorder.entrypoints.append):
                loop.run_until_complete(run_pulumi_func(main))
        except Exception:
            if not failing:
                raise
    finally:
        waiting = asyncio.all_tasks(loop)
        for task in waiting:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*waiting, return_exceptions=True))
        loop.close()
        asyncio.set_event_loop(None)
        pulumi.runtime.reset_options()
    return Registered(recorder)


@cache
def registered(stack: str, *, preview: bool = True) -> Registered:
    """What the shipped stack registers."""
    return register(planned(stack), preview=preview)


def register(deployment: Deployment, *, preview: bool = True, failing: Collection[str] = ()) -> Registered:
    """What a deployment registers."""
    return run(lambda: build(deployment), deployment.stack, preview=preview, failing=failing)
