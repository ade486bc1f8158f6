"""C06 open-files-limit."""

from __future__ import annotations

from typing import Any

import pytest

from policy.core.verdict import Kind
from policy.engine.catalogue import rule
from policy.views.registered import UNKNOWN
from tests.policy.builders import container, foreign_container, judged, verdicts, violation

C06 = rule("C06")


def _nofile(hard: object, **other: object) -> list[dict[str, object]]:
    return [{"name": "nproc", "hard": 256}, {"name": "nofile", "hard": hard, **other}]


@pytest.mark.parametrize(
    "ulimits",
    [
        pytest.param(_nofile(1048576), id="exactly the bound"),
        pytest.param(_nofile(256.0, soft=100.0), id="an engine's floats"),
    ],
)
def test_it_holds_with(ulimits: Any) -> None:
    assert judged(C06, container(ulimits=ulimits)) == {}


@pytest.mark.parametrize(
    ("ulimits", "says"),
    [
        pytest.param(None, "open_files_limit is not set", id="no ulimits"),
        pytest.param([{"name": "nproc", "hard": 1024}], "open_files_limit is not set", id="another ulimit only"),
        pytest.param([{"name": "nofile", "soft": 1024}], "open_files_limit is not set", id="a soft limit only"),
        pytest.param(_nofile(1048577), "open_files_limit is 1048577 (ulimit nofile), above 1048576", id="one above"),
        pytest.param(_nofile(-1), "open_files_limit is -1", id="minus one, which is no limit"),
    ],
)
def test_it_fails_with(ulimits: Any, says: str) -> None:
    message = violation(C06, container(ulimits=ulimits))
    assert says in message
    assert "set containers.main.hardening.open_files" in message


def test_the_fix_of_another_programs_container_is_in_the_daemon() -> None:
    assert "not above the daemon's own" in judged(C06, foreign_container())["foreign"]


def test_a_limit_that_is_not_known_yet_is_no_violation() -> None:
    (notice,) = verdicts(C06, container(ulimits=_nofile(UNKNOWN)))
    assert notice.kind is Kind.UNKNOWN


def test_the_bound_is_a_setting() -> None:
    assert "above 1024" in judged(C06, container(ulimits=_nofile(2048)), at_most=1024)["agent"]
