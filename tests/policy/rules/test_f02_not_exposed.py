"""F02 not-exposed."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.kubernetes_builders import blamed, kubernetes, service

F02 = rule("F02")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(service(), id="an address inside"),
        pytest.param(service(clusterIP="None"), id="no address at all"),
        pytest.param(
            kubernetes(
                "core/v1:Service",
                "agent",
                annotations={"fleet.local/exposed": "the public site"},
                spec={"type": "LoadBalancer"},
            ),
            id="a reason",
        ),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(F02, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(service("bad", type="NodePort"), 'type is "NodePort"', id="a port of every node"),
        pytest.param(service("bad", type="LoadBalancer"), 'type is "LoadBalancer"', id="a balancer"),
        pytest.param(
            service("bad", externalIPs=["203.0.113.7"]),
            'external_ips holds "203.0.113.7"',
            id="an address from outside",
        ),
        pytest.param(
            kubernetes("core/v1:Service", "bad", annotations={"fleet.local/exposed": " "}, spec={"type": "NodePort"}),
            'type is "NodePort"',
            id="a reason that is blank",
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(F02, bad)
