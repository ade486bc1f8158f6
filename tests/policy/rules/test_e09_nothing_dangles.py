"""E09 nothing-dangles."""

from __future__ import annotations

from typing import Any

import pytest

from policy.core.verdict import Kind
from policy.engine.catalogue import rule
from policy.views.registered import UNKNOWN, Registered
from tests.policy.builders import judged, verdicts
from tests.policy.kubernetes_builders import NAMES, blamed, kubernetes, network_policy, service, workload

E09 = rule("E09")


OTHER = {"matchLabels": {"app": "other"}}


def _budget(selector: Any) -> Registered:
    return kubernetes("policy/v1:PodDisruptionBudget", "bad", spec={"selector": selector})


def _ingress(service: str) -> Registered:
    path = {"path": "/", "backend": {"service": {"name": service, "port": {"number": 80}}}}
    rules = [{"host": "a.example.com", "http": {"paths": [path]}}]
    return kubernetes("networking.k8s.io/v1:Ingress", "bad", spec={"rules": rules})


def _route(name: str, **reference: Any) -> Registered:
    rules = [{"backendRefs": [{"name": name, "port": 80, **reference}]}]
    return kubernetes("gateway.networking.k8s.io/v1:HTTPRoute", "bad", spec={"rules": rules})


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(network_policy(), id="a policy for all pods"),
        pytest.param(network_policy(podSelector={"matchLabels": NAMES}), id="a policy for these pods"),
        pytest.param(
            network_policy(podSelector={"matchExpressions": [{"key": "app.kubernetes.io/name", "operator": "Exists"}]}),
            id="a policy for pods with a label",
        ),
        pytest.param(_budget({"matchLabels": NAMES}), id="a budget for these pods"),
        pytest.param(service("headless", selector=None), id="a service without a selector"),
        pytest.param(_ingress("agent"), id="an ingress to the service"),
        pytest.param(_route("agent"), id="a route to the service"),
        pytest.param(_route("x", kind="Thing"), id="a route to something else than a service"),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(E09, workload(), service(), good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            service("bad", selector={"app": "other"}),
            "which matches no pod of its namespace, so it has no endpoints",
            id="a service",
        ),
        pytest.param(network_policy("bad", podSelector=OTHER), "so it isolates no pod", id="a network policy"),
        pytest.param(_budget(OTHER), "so it protects no pod", id="a budget"),
        pytest.param(_ingress("nobody"), 'backends holds "nobody"', id="an ingress"),
        pytest.param(_route("nobody"), 'backends holds "nobody"', id="a route"),
        pytest.param(
            _route("agent", namespace="other"), 'no service of namespace "other"', id="a route to another namespace"
        ),
        pytest.param(
            workload("bad", spec={"selector": OTHER}), "which does not match its own pods", id="a workload's own"
        ),
        pytest.param(
            kubernetes("core/v1:Service", "bad", "other", spec={"selector": NAMES}),
            "no pod of its namespace",
            id="another namespace",
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(E09, bad, workload(), service())


def test_what_belongs_to_another_stack_is_a_setting() -> None:
    assert judged(E09, service("db", selector={"app": "db"}), elsewhere=["db"]) == {}


def test_what_is_not_known_yet_is_not_said_to_be_missing() -> None:
    found = verdicts(E09, service(selector=UNKNOWN), workload())
    assert [verdict.kind for verdict in found] == [Kind.UNKNOWN]
