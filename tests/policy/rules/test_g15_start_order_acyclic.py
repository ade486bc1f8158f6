"""G15 start-order-acyclic."""

from __future__ import annotations

from fleet.labels import GROUP, START_AFTER
from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import container, judged, machine

G15 = rule("G15")


def _after(group: str, *earlier: str) -> Registered:
    return container(group, {GROUP: group, START_AFTER: ",".join(earlier)})


def test_it_holds_for_a_line_and_a_diamond() -> None:
    order = [_after("a"), _after("b", "a"), _after("c", "a"), _after("d", "b", "c")]
    assert judged(G15, machine(startAfter={"b": ["a"], "d": ["b", "c"]}), *order) == {}


def test_it_holds_for_a_group_that_is_nowhere() -> None:
    assert judged(G15, _after("a", "missing")) == {}


def test_it_fails_for_a_group_after_itself() -> None:
    found = judged(G15, _after("a", "a"))
    assert "label fleet.start-after makes a start after itself (a -> a)" in found["a"]
    assert "remove one of these edges" in found["a"]


def test_it_fails_for_a_circle_of_labels() -> None:
    found = judged(G15, _after("a", "c"), _after("b", "a"), _after("c", "b"), _after("d", "c"))
    assert list(found) == ["a"]
    assert "(a -> c -> b -> a)" in found["a"]


def test_it_fails_for_a_circle_over_machines() -> None:
    """No stack has the whole of it: the machine publishes what the others start after."""
    found = judged(G15, machine(startAfter={"there": ["here"], "here": []}), _after("here", "there"))
    assert "here" in found["here"]
    assert "there" in found["here"]


def test_a_circle_elsewhere_is_the_machine_s_to_report() -> None:
    assert list(judged(G15, machine(startAfter={"x": ["y"], "y": ["x"]}))) == ["mainpc"]


def test_every_circle_is_reported() -> None:
    found = judged(G15, _after("a", "b"), _after("b", "a"), _after("c", "d"), _after("d", "c"))
    assert set(found) == {"a", "c"}
