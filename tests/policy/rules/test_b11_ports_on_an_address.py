"""B11 ports-on-an-address."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import container, judged, violation
from tests.policy.kubernetes_builders import blamed, workload

B11 = rule("B11")
EVERY = "0.0.0.0"  # noqa: S104  (what the rule is about)


@pytest.mark.parametrize("address", ["192.168.1.10", "127.0.0.1", "fd00::1"])
def test_it_holds_on(address: str) -> None:
    assert judged(B11, container(ports=[{"internal": 8000, "external": 8000, "ip": address}])) == {}


def test_it_holds_without_ports() -> None:
    assert judged(B11, container(ports=[])) == {}


@pytest.mark.parametrize(
    ("port", "says"),
    [
        pytest.param({"internal": 8000, "external": 8000}, "8000/tcp without an address", id="no address"),
        pytest.param({"internal": 8000, "ip": ""}, "8000/tcp without an address", id="an empty address"),
        pytest.param({"internal": 8000, "ip": EVERY}, "8000/tcp on 0.0.0.0", id="every IPv4 address"),
        pytest.param({"internal": 8000, "ip": "::"}, "8000/tcp on ::", id="every IPv6 address"),
        pytest.param({"internal": 8000, "ip": "[::]"}, "8000/tcp on [::]", id="the same in brackets"),
        pytest.param({"internal": 53.0, "ip": EVERY, "protocol": "udp"}, "53/udp", id="an engine's float, udp"),
    ],
)
def test_it_fails_with(port: dict[str, object], says: str) -> None:
    message = violation(B11, container(ports=[{"internal": 1, "ip": "127.0.0.1"}, port]))
    assert f"ports publishes {says}" in message
    assert "publish it on machine.lan_address" in message


def test_it_fails_when_every_port_is_published() -> None:
    assert "ports publishes every port without an address" in violation(B11, container(publishAllPorts=True))


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="no host port"),
    ],
)
def test_on_a_cluster_it_holds_with(good: Registered) -> None:
    assert judged(B11, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            workload(ports=[{"containerPort": 8000, "hostPort": 8000}]),
            "ports uses 8000/tcp of its node",
            id="a host port",
        ),
        pytest.param(
            workload(ports=[{"containerPort": 8000, "hostPort": 8000, "hostIP": "10.0.0.1"}]),
            "ports uses 8000/tcp",
            id="a host port on an address",
        ),
    ],
)
def test_on_a_cluster_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(B11, bad)
