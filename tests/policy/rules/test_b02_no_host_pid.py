"""B02 no-host-pid."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import container, judged, violation
from tests.policy.kubernetes_builders import blamed, workload

B02 = rule("B02")


@pytest.mark.parametrize("mode", [None, "", "container:other"])
def test_it_holds_with_mode(mode: str | None) -> None:
    assert judged(B02, container(pidMode=mode)) == {}


def test_it_fails_with_the_host_s() -> None:
    message = violation(B02, container(pidMode="host"))
    assert "host_pid is true" in message
    assert "remove the pid mode" in message


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="nothing said"),
        pytest.param(workload(pod={"hostPID": False}), id="the switch off"),
    ],
)
def test_on_a_cluster_it_holds_with(good: Registered) -> None:
    assert judged(B02, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(workload(pod={"hostPID": True}), "host_pid is true", id="the switch on"),
    ],
)
def test_on_a_cluster_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(B02, bad)
