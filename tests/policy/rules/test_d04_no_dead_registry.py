"""D04 no-dead-registry."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import container, judged, violation
from tests.policy.cloudrun_builders import blamed_on_run, run_service
from tests.policy.kubernetes_builders import blamed, workload

D04 = rule("D04")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="one that is kept"),
        pytest.param(workload(image="registry.k8s.io/pause:3.10"), id="where Kubernetes moved to"),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(D04, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(workload(image="k8s.gcr.io/pause:3.1"), "comes from k8s.gcr.io", id="Kubernetes' old one"),
        pytest.param(workload(image="gcr.io/acme/agent:1"), "comes from gcr.io", id="Google's old one"),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(D04, bad)


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(container(), id="an image built on the machine"),
    ],
)
def test_on_docker_it_holds_with(good: Registered) -> None:
    assert judged(D04, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(container(image="gcr.io/cadvisor/cadvisor:v0.49.1"), "comes from gcr.io", id="Google's old one"),
    ],
)
def test_on_docker_it_fails_with(bad: Registered, says: str) -> None:
    assert says in violation(D04, bad)


def test_on_cloud_run_it_holds_and_fails_alike() -> None:
    bad = run_service("bad", main={"image": "gcr.io/p/portal:1.2"})
    assert judged(D04, run_service()) == {}
    assert "comes from gcr.io" in blamed_on_run(D04, bad)
