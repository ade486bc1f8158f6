"""Which rules read a property is what the readers miss once it is unknown."""

from __future__ import annotations

from policy.engine.field_readers import fields_reached, rules_reading
from tests.policy.builders import container


def test_a_property_reaches_the_rules_that_read_what_it_becomes() -> None:
    resource = container("agent", {"fleet.x": "1"}, user="10001:10001", memory=512)
    assert {rule.id for rule in rules_reading(resource, ("memory",))} == {"C01", "C11", "C13"}
    assert "A01" in {rule.id for rule in rules_reading(resource, ("user",))}
    assert fields_reached(resource, ("labels", "fleet.x")) == {("containers", "labels", "docker")}


def test_what_no_reader_asks_for_reaches_no_rule() -> None:
    assert rules_reading(container("agent", attach=True), ("attach",)) == ()
