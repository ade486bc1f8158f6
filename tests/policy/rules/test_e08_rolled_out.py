"""E08 rolled-out."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.kubernetes_builders import blamed, gpu_workload, kubernetes, pod_spec, workload

E08 = rule("E08")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="a Deployment's default"),
        pytest.param(workload(spec={"strategy": {"type": "RollingUpdate"}}), id="rolling updates"),
        pytest.param(gpu_workload(spec={"strategy": {"type": "Recreate"}}), id="stop-first with a GPU"),
        pytest.param(
            workload(
                spec={"strategy": {"type": "Recreate"}},
                pod={"volumes": [{"name": "tmp", "persistentVolumeClaim": {"claimName": "x"}}]},
            ),
            id="stop-first with a claim",
        ),
        pytest.param(workload(kind="batch/v1:Job"), id="a job"),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(E08, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(kubernetes("core/v1:Pod", "agent", spec=pod_spec()), "kind is Pod", id="a bare pod"),
        pytest.param(
            workload(spec={"strategy": {"type": "Recreate"}}), "strategy is Recreate", id="stop-first without a reason"
        ),
        pytest.param(
            workload(kind="apps/v1:StatefulSet", spec={"updateStrategy": {"type": "OnDelete"}}),
            "strategy is OnDelete",
            id="updates by hand",
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(E08, bad)
