"""Resources that the engine passes to the policies one by one: each is read once and kept for the stack policies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from policy.core.verdict import Verdict
from policy.readers.stack import stack_view
from policy.views.registered import Registered
from policy.views.stack import StackView


@dataclass(slots=True)
class Passing:
    """One registration of a resource, as all policies see it."""

    registered: Registered
    alone: StackView
    """The resource as a stack of one: its host is unknown."""
    notices: list[Verdict] = field(default_factory=list)
    askers: set[str] = field(default_factory=set)


class Session:
    """State that the policies of one pack share during a run of the engine.

    The SDK passes every policy a fresh copy of a resource. Each policy asks once per registration, so a policy that
    asks about a URN again starts a new one (the update after the preview), which the others share.
    """

    def __init__(self) -> None:
        self.stack_notices: list[Verdict] = []
        self._passed: dict[str, Passing] = {}
        self._stack: StackView | None = None
        self._stack_askers: set[str] = set()

    def resource(self, urn: str, asker: str, read: Callable[[], Registered]) -> Passing:
        """The resource that a policy judges; calls `read` if it has not been read."""
        passing = self._passed.get(urn)
        if passing is None or asker in passing.askers:
            registered = read()
            passing = Passing(registered, stack_view([registered]))
            self._passed[urn] = passing
        passing.askers.add(asker)
        return passing

    def inputs(self, urn: str) -> Mapping[str, Any] | None:
        """The inputs of a resource that has been read."""
        passing = self._passed.get(urn)
        return passing.registered.inputs if passing else None

    def stack(self, asker: str, read: Callable[[], Sequence[Registered]]) -> StackView:
        """The stack that a policy judges."""
        if self._stack is None or asker in self._stack_askers:
            self._stack = stack_view(read())
            self._stack_askers.clear()
            self.stack_notices.clear()
        self._stack_askers.add(asker)
        return self._stack
