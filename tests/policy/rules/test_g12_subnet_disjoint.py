"""G12 subnet-disjoint."""

from __future__ import annotations

from typing import Any

import pytest

from policy.core.verdict import Kind
from policy.engine.catalogue import rule
from policy.views.registered import UNKNOWN
from tests.policy.builders import judged, machine, network, verdicts, violation

G12 = rule("G12")


def test_it_holds_for_the_machine_s_own_network_and_the_rest_of_the_fleet() -> None:
    assert judged(G12, machine(), network("mainpc_internal", "10.210.1.0/24")) == {}


@pytest.mark.parametrize(
    "subnets",
    [
        pytest.param(["10.210.3.0/24"], id="a free one"),
        pytest.param(["10.210.3.0/24", "fd00:210::/64"], id="one of each version"),
        pytest.param([], id="none, which leaves it to Docker"),
        pytest.param(["nonsense", None, 7], id="what is no subnet at all"),
        pytest.param(["10.44.0.0/16"], id="one outside the k3s ranges"),
    ],
)
def test_it_holds_for_a_network_with(subnets: list[Any]) -> None:
    assert judged(G12, machine(), network("extra", *subnets)) == {}


@pytest.mark.parametrize(
    ("subnet", "says"),
    [
        pytest.param("10.210.2.128/25", "overlaps pc2_internal (10.210.2.0/24)", id="another machine's"),
        pytest.param("10.210.0.0/16", "overlaps mainpc_internal (10.210.1.0/24)", id="all of the fleet's"),
        pytest.param("172.17.5.0/24", "overlaps Docker's default pool 172.17.0.0/16", id="the default bridge's"),
        pytest.param("172.21.0.0/16", "overlaps Docker's default pool 172.20.0.0/14", id="a default pool's"),
        pytest.param("172.31.255.0/24", "overlaps Docker's default pool 172.28.0.0/14", id="the last of a pool"),
        pytest.param("192.168.77.0/24", "overlaps Docker's default pool 192.168.0.0/16", id="the home router's pool"),
        pytest.param("10.42.1.0/24", "overlaps the k3s range for pods", id="pods of k3s"),
        pytest.param("10.43.1.0/24", "overlaps the k3s range for services", id="services of k3s"),
        pytest.param("192.168.1.0/24", "holds the LAN address of mainpc (192.168.1.10)", id="the LAN"),
    ],
)
def test_it_fails_for_a_network_with(subnet: str, says: str) -> None:
    message = violation(G12, network("extra", subnet), machine(), network("mainpc_internal", "10.210.1.0/24"))
    assert f"subnet {subnet} of extra" in message
    assert says in message
    assert "set machine.network.subnet to a free /24" in message


def test_two_networks_of_a_stack_must_not_overlap() -> None:
    found = judged(G12, network("a", "10.211.0.0/24"), network("b", "10.211.0.0/25"))
    assert len(found) == 1


def test_two_subnets_that_machines_publish_must_not_overlap() -> None:
    found = judged(G12, machine(subnets={"a": "10.210.1.0/24", "b": "10.210.1.128/25"}))
    assert "overlaps" in found["mainpc"]


def test_a_pool_may_be_meant() -> None:
    meant = machine(subnets={"mainpc_internal": "172.20.0.0/16"}, allowedOverlaps=["172.20.0.0/16"])
    assert judged(G12, meant, network("mainpc_internal", "172.20.0.0/16")) == {}
    assert list(judged(G12, meant, network("other", "172.24.0.0/16"))) == ["other"]


def test_a_network_whose_subnet_is_unknown_is_said_to_be_unjudged() -> None:
    found = verdicts(G12, network("later", UNKNOWN))
    assert [(verdict.kind, verdict.resource) for verdict in found] == [(Kind.UNKNOWN, "later")]
