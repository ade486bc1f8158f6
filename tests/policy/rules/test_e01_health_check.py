"""E01 health-check."""

from __future__ import annotations

from typing import Any

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import container, judged, violation
from tests.policy.cloudrun_builders import blamed_on_run, run_service
from tests.policy.kubernetes_builders import blamed, pod_container, workload

E01 = rule("E01")


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param({"healthcheck": {"tests": ["CMD", "true"]}}, id="a command"),
        pytest.param({"healthcheck": {"tests": ["CMD-SHELL", "exit 0"]}}, id="a shell's command"),
        pytest.param({"healthcheck": None, "mustRun": False, "restart": "no"}, id="a job that ends by itself"),
    ],
)
def test_it_holds_with(properties: dict[str, Any]) -> None:
    assert judged(E01, container(**properties)) == {}


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param({"healthcheck": None}, id="none"),
        pytest.param({"healthcheck": {}}, id="an empty one"),
        pytest.param({"healthcheck": {"tests": []}}, id="no test"),
        pytest.param({"healthcheck": {"tests": ["NONE"]}}, id="the image's own switched off"),
        pytest.param({"healthcheck": {"tests": ["CMD"]}}, id="a command without words"),
        pytest.param({"healthcheck": {"tests": "CMD true"}}, id="a text in place of a list"),
        pytest.param({"healthcheck": None, "mustRun": False}, id="a job that is started again and again"),
    ],
)
def test_it_fails_with(properties: dict[str, Any]) -> None:
    message = violation(E01, container(**properties))
    assert "health_check is not set" in message
    assert "set containers.main.health" in message


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="a liveness probe"),
        pytest.param(workload(kind="batch/v1:Job", livenessProbe=None), id="a job without"),
        pytest.param(
            workload(pod={"initContainers": [pod_container("prepare", livenessProbe=None)]}),
            id="an init container without",
        ),
    ],
)
def test_on_a_cluster_it_holds_with(good: Registered) -> None:
    assert judged(E01, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(workload(livenessProbe=None), "health_check is not set", id="none"),
        pytest.param(
            workload(pod={"initContainers": [pod_container("proxy", restartPolicy="Always", livenessProbe=None)]}),
            "sidecar container proxy",
            id="a sidecar without",
        ),
    ],
)
def test_on_a_cluster_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(E01, bad)


def test_on_cloud_run_it_holds_and_fails_alike() -> None:
    bad = run_service("bad", main={"livenessProbe": None})
    assert judged(E01, run_service()) == {}
    assert "health_check is not set" in blamed_on_run(E01, bad)
