"""C05 process-limit."""

from __future__ import annotations

from typing import Any

import pytest

from policy.engine.catalogue import rule
from tests.policy.builders import container, judged, violation

C05 = rule("C05")


def _nproc(hard: object, **other: object) -> list[dict[str, object]]:
    return [{"name": "nofile", "hard": 1024}, {"name": "nproc", "hard": hard, **other}]


@pytest.mark.parametrize(
    "ulimits",
    [
        pytest.param(_nproc(32768), id="exactly the bound"),
        pytest.param(_nproc(256.0, soft=100.0), id="an engine's floats"),
    ],
)
def test_it_holds_with(ulimits: Any) -> None:
    assert judged(C05, container(ulimits=ulimits)) == {}


@pytest.mark.parametrize(
    ("ulimits", "says"),
    [
        pytest.param(None, "process_limit is not set", id="no ulimits"),
        pytest.param([{"name": "nofile", "hard": 1024}], "process_limit is not set", id="another ulimit only"),
        pytest.param([{"name": "nproc", "soft": 1024}], "process_limit is not set", id="a soft limit only"),
        pytest.param(_nproc(32769), "process_limit is 32769 (ulimit nproc), above 32768", id="one above the bound"),
        pytest.param(_nproc(-1), "process_limit is -1", id="minus one, which is no limit"),
    ],
)
def test_it_fails_with(ulimits: Any, says: str) -> None:
    message = violation(C05, container(ulimits=ulimits))
    assert says in message
    assert "set machine.process_limit" in message


def test_the_bound_is_a_setting() -> None:
    assert judged(C05, container(ulimits=_nproc(65536)), at_most=65536) == {}
