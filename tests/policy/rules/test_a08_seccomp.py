"""A08 seccomp."""

from __future__ import annotations

import pytest

from policy.core.rule import ContainerRule
from policy.engine.catalogue import rule
from policy.views.container import DOCKER, KUBERNETES, ContainerView
from policy.views.registered import Registered
from tests.policy.builders import container, judged, violation
from tests.policy.kubernetes_builders import blamed, pod_secure, secure, workload

A08 = rule("A08")


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(None, id="nothing said, which is Docker's own profile"),
        pytest.param(["no-new-privileges:true"], id="other options only"),
        pytest.param(['seccomp={"defaultAction": "SCMP_ACT_ERRNO"}'], id="a profile of its own"),
        pytest.param(["apparmor=unconfined"], id="another lock unconfined"),
    ],
)
def test_it_holds_with(options: list[str] | None) -> None:
    assert judged(A08, container(securityOpts=options)) == {}


@pytest.mark.parametrize(
    "option",
    [
        pytest.param("seccomp=unconfined", id="an equals sign"),
        pytest.param("seccomp:unconfined", id="the older colon"),
        pytest.param(" SECCOMP = unconfined ", id="spaces and capitals"),
    ],
)
def test_it_fails_with(option: str) -> None:
    message = violation(A08, container(securityOpts=["no-new-privileges:true", option]))
    assert "seccomp is unconfined" in message
    assert "set containers.main.hardening.seccomp to default" in message


@pytest.mark.parametrize(
    ("target", "findings"),
    [
        pytest.param(DOCKER, 0, id="docker, which filters by default"),
        pytest.param(KUBERNETES, 1, id="kubernetes, which filters only on request"),
    ],
)
def test_a_profile_that_is_not_set_depends_on_the_target(target: str, findings: int) -> None:
    assert isinstance(A08, ContainerRule)
    assert len(list(A08.check(ContainerView("agent", target, "agent"), {}))) == findings


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="the pod's profile"),
        pytest.param(
            workload(
                pod=pod_secure(seccompProfile=None),
                securityContext=secure(seccompProfile={"type": "Localhost", "localhostProfile": "agent.json"}),
            ),
            id="a profile of the container's own",
        ),
    ],
)
def test_on_a_cluster_it_holds_with(good: Registered) -> None:
    assert judged(A08, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(workload(pod=pod_secure(seccompProfile=None)), "seccomp is not set", id="none at all"),
        pytest.param(
            workload(securityContext=secure(seccompProfile={"type": "Unconfined"})),
            "seccomp is unconfined",
            id="the container taking the pod's back",
        ),
        pytest.param(
            workload(pod=pod_secure(seccompProfile={"type": "Nonsense"})),
            "seccomp is unconfined",
            id="a type that is none",
        ),
    ],
)
def test_on_a_cluster_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(A08, bad)
