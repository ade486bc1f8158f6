"""C01 memory-limit."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import container, judged, violation
from tests.policy.cloudrun_builders import blamed_on_run, run_service
from tests.policy.kubernetes_builders import blamed, workload

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


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="a limit"),
    ],
)
def test_on_a_cluster_it_holds_with(good: Registered) -> None:
    assert judged(C01, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(workload(resources=None), "memory_limit_mib is not set", id="none at all"),
        pytest.param(workload(resources={"limits": {"memory": "0"}}), "memory_limit_mib is 0", id="zero"),
        pytest.param(workload(resources={"limits": {"memory": "a lot"}}), "memory_limit_mib is not set", id="a word"),
    ],
)
def test_on_a_cluster_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(C01, bad)


def test_on_cloud_run_it_holds_and_fails_alike() -> None:
    bad = run_service("bad", main={"resources": {"limits": {"cpu": "1"}}})
    assert judged(C01, run_service()) == {}
    assert "memory_limit_mib is not set" in blamed_on_run(C01, bad)
