"""E06 critical-is-spread."""

from __future__ import annotations

from typing import Any

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.kubernetes_builders import blamed, kubernetes, template, workload

E06 = rule("E06")


NAMES = {"app.kubernetes.io/name": "agent"}
APART = {"affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{}]}}}
BUDGET = kubernetes("policy/v1:PodDisruptionBudget", "agent", spec={"selector": {"matchLabels": NAMES}})


def _critical(replicas: int = 2, **pod: Any) -> Registered:
    inner = template(pod=pod)
    inner["metadata"]["labels"]["tier"] = "critical"
    return workload(spec={"template": inner, "replicas": replicas})


def test_it_holds_with_two_apart_and_a_budget() -> None:
    assert judged(E06, _critical(**APART), BUDGET) == {}


def test_it_holds_for_what_is_not_critical() -> None:
    assert judged(E06, workload()) == {}


@pytest.mark.parametrize(
    ("bad", "others", "says"),
    [
        pytest.param(_critical(1, **APART), [BUDGET], "replicas is 1", id="one of it"),
        pytest.param(_critical(), [BUDGET], "spread is not set", id="all on one node"),
        pytest.param(_critical(**APART), [], "match no disruption budget", id="no budget"),
    ],
)
def test_it_fails_with(bad: Registered, others: list[Registered], says: str) -> None:
    message = blamed(E06, bad, *others)
    assert says in message
    assert message.count("\n") == 0


def test_a_priority_class_makes_critical() -> None:
    assert "replicas is 1" in blamed(E06, workload(pod={"priorityClassName": "fleet-critical", **APART}), BUDGET)


def test_the_least_of_a_scaler_counts() -> None:
    spec = {"scaleTargetRef": {"kind": "Deployment", "name": "agent"}, "minReplicas": 3, "maxReplicas": 10}
    scaler = kubernetes("autoscaling/v2:HorizontalPodAutoscaler", "agent", spec=spec)
    assert judged(E06, _critical(1, **APART), BUDGET, scaler) == {}
