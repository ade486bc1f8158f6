"""A04 no-privileged."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import container, judged, violation
from tests.policy.kubernetes_builders import blamed, pod_container, secure, workload

A04 = rule("A04")


@pytest.mark.parametrize(
    "privileged",
    [
        pytest.param(False, id="false"),
        pytest.param(None, id="nothing said"),
        pytest.param("false", id="false as text"),
        pytest.param(0.0, id="zero"),
    ],
)
def test_it_holds_with(privileged: object) -> None:
    assert judged(A04, container(privileged=privileged)) == {}


@pytest.mark.parametrize(
    "privileged",
    [
        pytest.param(True, id="true"),
        pytest.param("true", id="true as text, which a provider takes too"),
        pytest.param(1.0, id="one"),
    ],
)
def test_it_fails_with(privileged: object) -> None:
    message = violation(A04, container(privileged=privileged))
    assert "privileged is true" in message
    assert "containers.main.devices" in message


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="nothing said"),
        pytest.param(workload(securityContext=secure(privileged=False)), id="privileged off"),
    ],
)
def test_on_a_cluster_it_holds_with(good: Registered) -> None:
    assert judged(A04, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(workload(securityContext=secure(privileged=True)), "privileged is true", id="privileged on"),
        pytest.param(
            workload(pod={"initContainers": [pod_container("prepare", securityContext=secure(privileged=True))]}),
            "init container prepare",
            id="a privileged init container",
        ),
    ],
)
def test_on_a_cluster_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(A04, bad)
