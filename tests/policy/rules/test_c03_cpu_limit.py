"""C03 cpu-limit."""

from __future__ import annotations

from typing import Any

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import container, judged, violation
from tests.policy.cloudrun_builders import blamed_on_run, run_service
from tests.policy.kubernetes_builders import blamed, workload

C03 = rule("C03")


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param({"cpus": "0.5"}, id="half a processor, as text"),
        pytest.param({"cpus": 2.0}, id="two, as a number"),
        pytest.param({"cpus": None, "cpuQuota": 50000, "cpuPeriod": 100000}, id="a quota and its period"),
        pytest.param({"cpus": None, "cpuQuota": 50000}, id="a quota of the kernel's period"),
    ],
)
def test_it_holds_with(properties: dict[str, Any]) -> None:
    assert judged(C03, container(**properties)) == {}


@pytest.mark.parametrize(
    ("properties", "says"),
    [
        pytest.param({"cpus": None}, "cpu_limit is not set", id="nothing said"),
        pytest.param({"cpus": None, "cpuShares": 1024}, "cpu_limit is not set", id="a weight, which is no cap"),
        pytest.param({"cpus": "0"}, "cpu_limit is 0", id="zero, which is no limit"),
        pytest.param({"cpus": "all"}, "cpu_limit is not set", id="no number"),
    ],
)
def test_it_fails_with(properties: dict[str, Any], says: str) -> None:
    message = violation(C03, container(**properties))
    assert says in message
    assert "set containers.main.cpu.limit" in message


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="a limit"),
    ],
)
def test_on_a_cluster_it_holds_with(good: Registered) -> None:
    assert judged(C03, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(workload(resources={"limits": {"memory": "1Gi"}}), "cpu_limit is not set", id="memory alone"),
    ],
)
def test_on_a_cluster_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(C03, bad)


def test_on_cloud_run_it_holds_and_fails_alike() -> None:
    bad = run_service("bad", main={"resources": {"limits": {"memory": "512Mi"}}})
    assert judged(C03, run_service()) == {}
    assert "cpu_limit is not set" in blamed_on_run(C03, bad)
