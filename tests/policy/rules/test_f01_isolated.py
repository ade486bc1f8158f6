"""F01 isolated."""

from __future__ import annotations

import pytest

from policy.core.verdict import Kind
from policy.engine.catalogue import rule
from policy.views.registered import UNKNOWN, Registered
from tests.policy.builders import judged, verdicts
from tests.policy.kubernetes_builders import NAMES, kubernetes, network_policy, workload

F01 = rule("F01")


DNS = {"ports": [{"protocol": "UDP", "port": 53}]}


@pytest.mark.parametrize(
    "policies",
    [
        pytest.param([network_policy()], id="one for all pods"),
        pytest.param([network_policy(podSelector={"matchLabels": NAMES})], id="one for these pods"),
        pytest.param(
            [network_policy("in", policyTypes=["Ingress"], egress=None), network_policy("out", policyTypes=["Egress"])],
            id="one a direction",
        ),
        pytest.param(
            [network_policy("deny", egress=None), network_policy("dns", policyTypes=["Egress"], egress=[DNS])],
            id="a denial and an exception for names",
        ),
        pytest.param(
            [network_policy(egress=[DNS, {"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}], "ports": [{"port": 443}]}])],
            id="one port to everywhere",
        ),
    ],
)
def test_it_holds_with(policies: list[Registered]) -> None:
    assert judged(F01, workload(), *policies) == {}


@pytest.mark.parametrize(
    ("policies", "says"),
    [
        pytest.param([], "no policy that denies ingress", id="none"),
        pytest.param(
            [network_policy(policyTypes=["Ingress"], egress=None)], "no policy that denies egress", id="ingress alone"
        ),
        pytest.param([network_policy(policyTypes=["Egress"])], "no policy that denies ingress", id="egress alone"),
        pytest.param([network_policy(egress=[])], "no policy that allows port 53", id="no names"),
        pytest.param(
            [network_policy(egress=[DNS, {}])], "no policy that denies egress", id="an exception for everything"
        ),
        pytest.param(
            [network_policy(ingress=[{"from": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}])],
            "no policy that denies ingress",
            id="everybody let in by address",
        ),
        pytest.param([network_policy(podSelector={"matchLabels": {"app": "x"}})], "denies ingress", id="another pod's"),
        pytest.param(
            [kubernetes("networking.k8s.io/v1:NetworkPolicy", "p", "other", spec={"podSelector": {}})],
            "denies ingress",
            id="another namespace's",
        ),
    ],
)
def test_it_fails_with(policies: list[Registered], says: str) -> None:
    assert says in judged(F01, workload(), *policies)["agent"]


def test_a_pod_on_its_node_s_network_is_b01_s_matter() -> None:
    assert judged(F01, workload(pod={"hostNetwork": True})) == {}


def test_a_policy_that_is_not_known_yet_is_not_said_to_be_missing() -> None:
    found = verdicts(F01, workload(), network_policy(egress=UNKNOWN))
    assert [verdict.kind for verdict in found] == [Kind.UNKNOWN]
