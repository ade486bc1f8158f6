"""E07 scaler-has-target."""

from __future__ import annotations

from typing import Any

import pytest

from policy.core.verdict import Kind
from policy.engine.catalogue import rule
from policy.views.registered import UNKNOWN, Registered
from tests.policy.builders import judged, verdicts
from tests.policy.kubernetes_builders import blamed, kubernetes, workload

E07 = rule("E07")


def _scaler(name: str = "scaler", target: str = "agent", **spec: Any) -> Registered:
    inner = {"scaleTargetRef": {"kind": "Deployment", "name": target}, "minReplicas": 2, "maxReplicas": 10, **spec}
    return kubernetes("autoscaling/v2:HorizontalPodAutoscaler", name, spec=inner)


FREE = workload(spec={"replicas": None})


def test_it_holds_with_a_workload_that_leaves_its_size_open() -> None:
    assert judged(E07, FREE, _scaler()) == {}


def test_it_holds_with_keda_s() -> None:
    spec = {"scaleTargetRef": {"name": "agent"}}
    assert judged(E07, FREE, kubernetes("keda.sh/v1alpha1:ScaledObject", "scaler", spec=spec)) == {}


def test_it_holds_with_a_kind_that_nobody_reads() -> None:
    assert judged(E07, _scaler(scaleTargetRef={"kind": "Thing", "name": "x"})) == {}


@pytest.mark.parametrize(
    ("scaler", "says"),
    [
        pytest.param(_scaler(target="nobody"), 'target_name is "nobody"', id="a target that is not there"),
        pytest.param(
            _scaler(scaleTargetRef={"kind": "StatefulSet", "name": "agent"}), "no StatefulSet", id="another kind"
        ),
        pytest.param(_scaler(maxReplicas=1), "most is 1, below the minimum of 2", id="a maximum under the minimum"),
        pytest.param(_scaler(maxReplicas=None), "most is 0", id="no maximum"),
    ],
)
def test_it_fails_with(scaler: Registered, says: str) -> None:
    assert says in blamed(E07, scaler, FREE)


def test_it_fails_where_the_workload_states_a_size() -> None:
    assert "replicas is 1, and scaler sets it too" in blamed(E07, workload(), _scaler())


def test_a_target_that_is_not_known_yet_is_left_out() -> None:
    target = {"kind": "Deployment", "name": UNKNOWN}
    kinds = [verdict.kind for verdict in verdicts(E07, _scaler(scaleTargetRef=target))]
    assert kinds == [Kind.UNKNOWN]
