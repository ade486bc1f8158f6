"""A16 security-context."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.kubernetes_builders import blamed, foreign_pod, pod_container, workload

A16 = rule("A16")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="both"),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(A16, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(workload(securityContext=None), "security_context is not set", id="none on the container"),
        pytest.param(workload(securityContext={}), "security_context is not set", id="an empty one"),
        pytest.param(
            workload(pod={"securityContext": None}), "security_context is not set for the pod", id="none on the pod"
        ),
        pytest.param(
            workload(pod={"initContainers": [pod_container("prepare", securityContext=None)]}),
            "init container prepare",
            id="none on an init container",
        ),
        pytest.param(foreign_pod(), "set securityContext on the pod", id="a pod of no group"),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(A16, bad)
