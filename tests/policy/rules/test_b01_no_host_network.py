"""B01 no-host-network."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import container, judged, violation
from tests.policy.kubernetes_builders import blamed, workload

B01 = rule("B01")


@pytest.mark.parametrize("mode", [None, "bridge", "none", "mainpc_internal", "container:other"])
def test_it_holds_with_mode(mode: str | None) -> None:
    assert judged(B01, container(networkMode=mode)) == {}


def test_it_fails_with_the_host_s() -> None:
    message = violation(B01, container(networkMode="host"))
    assert "host_network is true" in message
    assert "hardening.host_network to false" in message


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="nothing said"),
        pytest.param(workload(pod={"hostNetwork": False}), id="the switch off"),
    ],
)
def test_on_a_cluster_it_holds_with(good: Registered) -> None:
    assert judged(B01, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(workload(pod={"hostNetwork": True}), "host_network is true", id="the switch on"),
    ],
)
def test_on_a_cluster_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(B01, bad)
