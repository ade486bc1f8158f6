"""Whether the services and worker pools of a project are ready, by what the provider last read of them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pulumi

from components.listing import Entry
from components.registering import Component, Registrar

_READY = "CONDITION_SUCCEEDED"
_HAVE_REVISIONS = ("Service", "WorkerPool")
_READ_AGAIN = "`pulumi up --refresh` reads its state again"


class CloudRunRegistrar(Registrar):
    """Fails an update while a service is not ready.

    The provider waits for a service only when it changes it. Its outputs are those of the last refresh or change.
    """

    def __init__(self, *components: type[Component]) -> None:
        super().__init__(*components)
        self._revisioned: dict[str, pulumi.Resource] = {}

    def resource(self, entry: Entry, arguments: Mapping[str, Any], options: pulumi.ResourceOptions) -> pulumi.Resource:
        """Keeps what has revisions, to look at it later."""
        made = super().resource(entry, arguments, options)
        if entry.type.startswith("gcp:cloudrunv2/") and entry.type.endswith(_HAVE_REVISIONS):
            self._revisioned[entry.name] = made
        return made

    async def problems(self) -> list[str]:
        """Services and worker pools that are not ready."""
        found = await asyncio.gather(*(_problem(name, made) for name, made in self._revisioned.items()))
        return [problem for problem in found if problem]


async def _problem(name: str, made: Any) -> str | None:
    conditions = await made.terminal_conditions.future() or ()
    for condition in conditions:
        if condition.state != _READY:
            reason = ", ".join(text for text in (condition.state, condition.reason, condition.message) if text)
            return f"{name}: is not ready ({reason}); {_READ_AGAIN}"
    ready, created = await made.latest_ready_revision.future(), await made.latest_created_revision.future()
    if conditions and ready != created:
        return f"{name}: the latest revision ({_last(created)}) is not ready, and {_last(ready)} serves; {_READ_AGAIN}"
    return None


def _last(revision: str | None) -> str:
    return (revision or "none").rpartition("/")[2]
