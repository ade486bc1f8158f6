"""Resources as the engine shows them to the policies, one by one: read once, and kept for the stack policies."""

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
    """The resource as a stack of its own: what it runs on is not known."""
    notices: list[Verdict] = field(default_factory=list)
    askers: set[str] = field(default_factory=set)


class Session:
    """What the policies of one pack learn of one run of the engine.

    The SDK hands every policy a fresh copy of a resource. Each policy asks once a registration, so a policy that asks a
    second time about a URN starts a new one (the update after the preview); all others share its reading.
    """

    def __init__(self) -> None:
        self.stack_notices: list[Verdict] = []
        self._passed: dict[str, Passing] = {}
        self._stack: StackView | None = None
        self._stack_askers: set[str] = set()

    def resource(self, urn: str, asker: str, read: Callable[[], Registered]) -> Passing:
        """The resource a policy is asked about; `read` is called where nobody has read it yet."""
        passing = self._passed.get(urn)
        if passing is None or asker in passing.askers:
            registered = read()
            passing = Passing(registered, stack_view([registered]))
            self._passed[urn] = passing
        passing.askers.add(asker)
        return passing

    def inputs(self, urn: str) -> Mapping[str, Any] | None:
        """The inputs of a resource that passed by."""
        passing = self._passed.get(urn)
        return passing.registered.inputs if passing else None

    def stack(self, asker: str, read: Callable[[], Sequence[Registered]]) -> StackView:
        """The stack a policy is asked about."""
        if self._stack is None or asker in self._stack_askers:
            self._stack = stack_view(read())
            self._stack_askers.clear()
            self.stack_notices.clear()
        self._stack_askers.add(asker)
        return self._stack
