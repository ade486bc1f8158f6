"""E10 stop-grace."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import container, judged, violation
from tests.policy.cloudrun_builders import blamed_on_run, run_service
from tests.policy.kubernetes_builders import blamed, workload

E10 = rule("E10")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="half a minute"),
        pytest.param(workload(pod={"terminationGracePeriodSeconds": None}), id="Kubernetes' default"),
        pytest.param(
            workload(pod={"terminationGracePeriodSeconds": 30}, lifecycle={"preStop": {"sleep": {"seconds": 10}}}),
            id="a hook that leaves time",
        ),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(E10, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(workload(pod={"terminationGracePeriodSeconds": 1}), "stop_grace_s is 1, below 5", id="a second"),
        pytest.param(
            workload(pod={"terminationGracePeriodSeconds": 15}, lifecycle={"preStop": {"sleep": {"seconds": 15}}}),
            "and the preStop hook sleeps 15, so 0 s are left",
            id="a hook that takes it all",
        ),
        pytest.param(
            workload(
                pod={"terminationGracePeriodSeconds": 15},
                lifecycle={"preStop": {"exec": {"command": ["sh", "-c", "sleep 12"]}}},
            ),
            "sleeps 12, so 3 s",
            id="a command that sleeps",
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(E10, bad)


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(container(), id="ten seconds"),
    ],
)
def test_on_docker_it_holds_with(good: Registered) -> None:
    assert judged(E10, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(container(destroyGraceSeconds=None), "stop_grace_s is not set", id="none"),
        pytest.param(container(envs=["FLEET_STOP_GRACE_S=30"]), "gives its agents 30", id="less than its agents take"),
        pytest.param(container(destroyGraceSeconds=1), "stop_grace_s is 1", id="a second"),
        pytest.param(container(destroyGraceSeconds=86400), "an update waits that long", id="a day"),
    ],
)
def test_on_docker_it_fails_with(bad: Registered, says: str) -> None:
    assert says in violation(E10, bad)


def test_on_cloud_run_it_holds_and_fails_alike() -> None:
    bad = run_service("bad", main={"envs": [{"name": "FLEET_STOP_GRACE_S", "value": "30"}]})
    assert judged(E10, run_service()) == {}
    assert "stop_grace_s is 10, but env FLEET_STOP_GRACE_S gives its agents 30" in blamed_on_run(E10, bad)
