"""C01 memory-limit."""

from __future__ import annotations

import pytest

from policy.catalogue import rule
from tests.policy.builders import container, judged, violation

C01 = rule("C01")


@pytest.mark.parametrize("memory", [1, 1024, 1024.0, "1024"])
def test_it_holds_with(memory: object) -> None:
    assert judged(C01, container(memory=memory)) == {}


@pytest.mark.parametrize(
    ("memory", "says"),
    [
        pytest.param(None, "memory_limit_mib is not set", id="nothing said"),
        pytest.param(0, "memory_limit_mib is 0", id="zero, which is no limit"),
        pytest.param(-1, "memory_limit_mib is -1", id="minus one"),
        pytest.param("lots", "memory_limit_mib is not set", id="no number"),
        pytest.param(float("nan"), "memory_limit_mib is not set", id="not a number"),
        pytest.param(True, "memory_limit_mib is not set", id="a flag"),
    ],
)
def test_it_fails_with(memory: object, says: str) -> None:
    message = violation(C01, container(memory=memory))
    assert says in message
    assert "set containers.main.memory.limit" in message
