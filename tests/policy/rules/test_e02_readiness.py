"""E02 readiness."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.cloudrun_builders import blamed_on_run, gpu_service
from tests.policy.kubernetes_builders import blamed, gpu_workload, pod_container, workload

E02 = rule("E02")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="a readiness probe"),
        pytest.param(workload(startupProbe=None), id="no startup probe where no model is loaded"),
        pytest.param(gpu_workload(), id="all of them, with a GPU"),
        pytest.param(workload(kind="batch/v1:Job", readinessProbe=None), id="a job without"),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(E02, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(workload(readinessProbe=None), "probes has no readiness", id="none"),
        pytest.param(gpu_workload(startupProbe=None), "probes has no startup", id="a GPU without a startup probe"),
        pytest.param(
            workload(pod={"initContainers": [pod_container("proxy", restartPolicy="Always", readinessProbe=None)]}),
            "sidecar container proxy",
            id="a sidecar without",
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(E02, bad)


def test_on_cloud_run_it_holds_and_fails_alike() -> None:
    bad = gpu_service("bad", main={"startupProbe": None})
    assert judged(E02, gpu_service()) == {}
    assert "probes has no startup" in blamed_on_run(E02, bad)
