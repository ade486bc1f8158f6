"""A09 apparmor."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import container, judged, violation
from tests.policy.kubernetes_builders import blamed, pod_secure, secure, template, workload

A09 = rule("A09")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="nothing said"),
        pytest.param(workload(pod=pod_secure(appArmorProfile={"type": "RuntimeDefault"})), id="the default profile"),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(A09, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            workload(pod=pod_secure(appArmorProfile={"type": "Unconfined"})),
            "apparmor is unconfined",
            id="none for the pod",
        ),
        pytest.param(
            workload(securityContext=secure(appArmorProfile={"type": "Unconfined"})),
            "apparmor is unconfined",
            id="none for the container",
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(A09, bad)


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(container(), id="nothing said"),
        pytest.param(
            container(securityOpts=["no-new-privileges:true", "apparmor=docker-default"]), id="the default profile"
        ),
    ],
)
def test_on_docker_it_holds_with(good: Registered) -> None:
    assert judged(A09, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            container(securityOpts=["apparmor:unconfined"]), "apparmor is unconfined", id="none, in the older spelling"
        ),
    ],
)
def test_on_docker_it_fails_with(bad: Registered, says: str) -> None:
    assert says in violation(A09, bad)


def test_the_annotation_of_older_clusters_counts_too() -> None:
    inner = template()
    inner["metadata"]["annotations"]["container.apparmor.security.beta.kubernetes.io/main"] = "unconfined"
    assert "apparmor is unconfined" in blamed(A09, workload(spec={"template": inner}))
