"""A01 non-root-user."""

from __future__ import annotations

import pytest

from policy.catalogue import rule
from tests.policy.builders import container, foreign_container, judged, violation

A01 = rule("A01")


@pytest.mark.parametrize(
    "user",
    [
        pytest.param("10001:10001", id="a high uid and gid"),
        pytest.param("1", id="the lowest uid that is not root"),
        pytest.param("agent:agent", id="a name that is not root"),
        pytest.param(10001.0, id="a number, as an engine sends it"),
        pytest.param("10001:0", id="group 0, which is another rule's matter"),
    ],
)
def test_it_holds_with(user: object) -> None:
    assert judged(A01, container(user=user)) == {}


@pytest.mark.parametrize(
    ("user", "quoted"),
    [
        pytest.param("0", '"0"', id="uid 0"),
        pytest.param("0:0", '"0:0"', id="uid and gid 0"),
        pytest.param("root", '"root"', id="the name root"),
        pytest.param("root:root", '"root:root"', id="the name root with its group"),
        pytest.param("00:10001", '"00:10001"', id="uid 0 written at length"),
        pytest.param("0.0", '"0.0"', id="uid 0 as a float"),
        pytest.param(":10001", '":10001"', id="a group without a user"),
        pytest.param(0, '"0"', id="the number 0"),
    ],
)
def test_it_fails_with(user: object, quoted: str) -> None:
    message = violation(A01, container(user=user))
    assert f"user is {quoted}" in message
    assert "set containers.main.hardening.run_as" in message


@pytest.mark.parametrize("user", [pytest.param(None, id="no user"), pytest.param("", id="an empty user")])
def test_it_fails_where_the_image_decides(user: str | None) -> None:
    assert "user is not set" in violation(A01, container(user=user))


def test_a_container_of_no_group_is_told_what_to_set_on_itself() -> None:
    message = violation(A01, foreign_container(user="0"))
    assert "set its user to uid:gid" in message
    assert "label fleet.exception.run_as" in message
