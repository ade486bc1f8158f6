"""A18 image-hardening."""

from __future__ import annotations

from datetime import date

from policy.core.verdict import Kind
from policy.engine.catalogue import rule
from policy.engine.judge import judge
from policy.views.registered import Registered
from tests.policy.builders import container, judged
from tests.policy.kubernetes_builders import workload

A18 = rule("A18")
_LABEL = {"fleet.exception.as_image": "2027-03-31 the image starts as root and drops to its own user"}
_LAST, _AFTER = date(2027, 3, 31), date(2027, 4, 1)


def left(**changes: object) -> Registered:
    """A container that leaves user, root and capabilities to its image."""
    return container("box", _LABEL, **{"user": None, "readOnly": False, "capabilities": None, **changes})


def found(resource: Registered, today: date) -> dict[str, Kind]:
    """Rules of part A with a verdict on it."""
    verdicts = judge([resource], None, today).verdicts
    return {verdict.id: verdict.kind for verdict in verdicts if verdict.id.startswith("A")}


def test_it_holds_without_the_exception() -> None:
    assert judged(A18, container()) == {}
    assert judged(A18, workload()) == {}


def test_one_exception_is_reported_once() -> None:
    assert found(left(), _LAST) == {"A18": Kind.WAIVED}


def test_after_its_last_day_each_rule_speaks_for_itself() -> None:
    assert found(left(), _AFTER) == dict.fromkeys(("A01", "A06", "A11", "A18"), Kind.VIOLATION)


def test_it_excuses_no_more_than_the_image_decides_on() -> None:
    more = left(privileged=True, securityOpts=[], capabilities={"adds": ["CAP_SYS_ADMIN"]})
    verdicts = {rule_id: kind for rule_id, kind in found(more, _LAST).items() if kind is Kind.VIOLATION}
    assert verdicts.keys() == {"A04", "A05", "A06", "A07"}


def test_a_label_of_no_day_excuses_nothing() -> None:
    tags = {"fleet.exception.as_image": "some day"}
    resource = container("box", tags, user=None, readOnly=False, capabilities=None)
    assert {"A01", "A06", "A11", "A18"} <= found(resource, _LAST).keys()
