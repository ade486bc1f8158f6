"""A03 non-root-groups."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import container, judged, violation
from tests.policy.kubernetes_builders import blamed, foreign_pod, pod_secure, workload

A03 = rule("A03")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="high groups"),
        pytest.param(workload(pod=pod_secure(runAsGroup=None)), id="no primary group, which is A02's matter"),
        pytest.param(workload(pod=pod_secure(supplementalGroups=[29])), id="a further group"),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(A03, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(workload(pod=pod_secure(runAsGroup=0)), "has group 0", id="a primary group of root"),
        pytest.param(workload(pod=pod_secure(fsGroup=0)), 'groups holds "0"', id="files of root's group"),
        pytest.param(
            workload(pod=pod_secure(supplementalGroups=[10001, 0])), 'groups holds "0"', id="a further group of root"
        ),
        pytest.param(
            workload(pod=pod_secure(runAsUser=None, runAsGroup=0)), 'groups holds "0"', id="a primary group alone"
        ),
        pytest.param(
            foreign_pod(securityContext={"runAsUser": 10001, "runAsGroup": 0}), "set runAsGroup", id="a pod of no group"
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(A03, bad)


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(container(), id="high ids"),
        pytest.param(container(groupAdds=["29"]), id="the audio group"),
    ],
)
def test_on_docker_it_holds_with(good: Registered) -> None:
    assert judged(A03, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(container(user="10001:0"), "has group 0", id="a primary group of root"),
        pytest.param(container(groupAdds=["root"]), 'groups holds "root"', id="a further group of root"),
    ],
)
def test_on_docker_it_fails_with(bad: Registered, says: str) -> None:
    assert says in violation(A03, bad)
