"""G14 port-unique."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import container, judged, machine, provider
from tests.policy.kubernetes_builders import workload

G14 = rule("G14")
EVERY = "0.0.0.0"  # noqa: S104  (what is judged)


def _publishing(name: str, address: str = "192.168.1.10", port: object = 8000, protocol: str = "tcp") -> Registered:
    return container(name, ports=[{"internal": 8000, "external": port, "ip": address, "protocol": protocol}])


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(_publishing("b", port=8001), id="another port"),
        pytest.param(_publishing("b", protocol="udp"), id="another protocol"),
        pytest.param(_publishing("b", address="127.0.0.1"), id="another address"),
    ],
)
def test_it_holds_with(second: Registered) -> None:
    assert judged(G14, machine(), _publishing("a"), second) == {}


def test_it_holds_where_the_daemon_picks_the_port() -> None:
    assert judged(G14, _publishing("a", port=None), _publishing("b", port=None)) == {}


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(_publishing("b"), id="the same address"),
        pytest.param(_publishing("b", port=8000.0, protocol="TCP"), id="an engine's float, in capitals"),
        pytest.param(_publishing("b", address=EVERY), id="every address"),
        pytest.param(_publishing("b", address="::"), id="every IPv6 address"),
        pytest.param(_publishing("b", address=""), id="no address"),
    ],
)
def test_it_fails_with(second: Registered) -> None:
    found = judged(G14, machine(), _publishing("a"), container("neighbour"), second)
    assert list(found) == ["b"]
    assert "ports publishes 8000/tcp on" in found["b"]
    assert "and so does a" in found["b"]
    assert "host_port of its group to a free port" in found["b"]


def test_it_fails_where_one_container_publishes_a_port_twice() -> None:
    ports = [{"internal": 1, "external": 80, "ip": "127.0.0.1"}, {"internal": 2, "external": 80, "ip": EVERY}]
    assert list(judged(G14, container("a", ports=ports))) == ["a"]


def test_two_daemons_have_ports_of_their_own() -> None:
    first, second = provider("one", host="ssh://one"), provider("two", host="ssh://two")
    here = replace(_publishing("a"), provider=f"{first.urn}::id")
    there = replace(_publishing("b"), provider=f"{second.urn}::id")
    assert judged(G14, first, second, here, there) == {}


def test_a_cluster_s_pods_are_b11_s_matter() -> None:
    ports = [{"containerPort": 8000, "hostPort": 8000}]
    assert judged(G14, workload("a", ports=ports), workload("b", ports=ports)) == {}
