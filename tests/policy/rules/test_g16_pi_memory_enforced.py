"""G16 pi-memory-enforced."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from tests.policy.builders import judged, machine, violation

G16 = rule("G16")


@pytest.mark.parametrize("said", ["on", "off"])
def test_it_holds_where_the_owner_has_said_which(said: str) -> None:
    assert judged(G16, machine(memoryEnforced=said)) == {}


def test_it_holds_for_a_machine_that_always_keeps_limits() -> None:
    assert judged(G16, machine()) == {}


def test_it_does_not_hold_while_nothing_is_said() -> None:
    message = violation(G16, machine("edge", memoryEnforced="unstated"))
    assert "memory limits are silently ignored" in message
    assert "set machine.memory_enforced: true" in message
