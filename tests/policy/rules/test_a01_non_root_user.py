"""A01 non-root-user."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import container, foreign_container, judged, violation
from tests.policy.kubernetes_builders import blamed, foreign_pod, pod_container, pod_secure, secure, workload

A01 = rule("A01")


@pytest.mark.parametrize(
    "user",
    [
        pytest.param("10001:10001", id="a high uid and gid"),
        pytest.param("1", id="the lowest uid that is not root"),
        pytest.param("agent:agent", id="a name that is not root"),
        pytest.param(10001.0, id="a number, as an engine sends it"),
        pytest.param("10001:0", id="group 0, which is another rule's matter"),
    ],
)
def test_it_holds_with(user: object) -> None:
    assert judged(A01, container(user=user)) == {}


@pytest.mark.parametrize(
    ("user", "quoted"),
    [
        pytest.param("0", '"0"', id="uid 0"),
        pytest.param("0:0", '"0:0"', id="uid and gid 0"),
        pytest.param("root", '"root"', id="the name root"),
        pytest.param("root:root", '"root:root"', id="the name root with its group"),
        pytest.param("00:10001", '"00:10001"', id="uid 0 written at length"),
        pytest.param("0.0", '"0.0"', id="uid 0 as a float"),
        pytest.param(":10001", '":10001"', id="a group without a user"),
        pytest.param(0, '"0"', id="the number 0"),
    ],
)
def test_it_fails_with(user: object, quoted: str) -> None:
    message = violation(A01, container(user=user))
    assert f"user is {quoted}" in message
    assert "set containers.main.hardening.run_as" in message


@pytest.mark.parametrize("user", [pytest.param(None, id="no user"), pytest.param("", id="an empty user")])
def test_it_fails_where_the_image_decides(user: str | None) -> None:
    assert "user is not set" in violation(A01, container(user=user))


def test_the_fix_of_a_container_of_no_group_is_on_the_container() -> None:
    message = violation(A01, foreign_container(user="0"))
    assert "set its user to uid:gid" in message
    assert "label fleet.exception.run_as" in message


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="the pod's own user"),
        pytest.param(workload(securityContext=secure(runAsUser=20000)), id="the container's user over the pod's"),
        pytest.param(workload(pod=pod_secure(runAsUser=None)), id="a user the image names, where root is refused"),
        pytest.param(workload(kind="batch/v1:Job"), id="a job"),
    ],
)
def test_on_a_cluster_it_holds_with(good: Registered) -> None:
    assert judged(A01, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(workload(pod=pod_secure(runAsNonRoot=None)), "non_root is false", id="root not refused"),
        pytest.param(workload(pod=pod_secure(runAsUser=0)), 'user is "0:10001"', id="root for the pod"),
        pytest.param(workload(securityContext=secure(runAsUser=0)), 'user is "0:10001"', id="root for the container"),
        pytest.param(
            workload(securityContext=secure(runAsNonRoot=False)),
            "non_root is false",
            id="the container taking back what its pod says",
        ),
        pytest.param(
            workload(pod={"initContainers": [pod_container("prepare", securityContext=secure(runAsUser=0))]}),
            "init container prepare of agent",
            id="an init container",
        ),
        pytest.param(
            workload(
                pod={
                    "initContainers": [
                        pod_container("proxy", restartPolicy="Always", securityContext=secure(runAsUser=0))
                    ]
                }
            ),
            "sidecar container proxy of agent",
            id="a sidecar",
        ),
        pytest.param(
            workload(pod={"ephemeralContainers": [pod_container("debug", securityContext=secure(runAsUser=0))]}),
            "ephemeral container debug of agent",
            id="an ephemeral container",
        ),
        pytest.param(foreign_pod(), "set runAsNonRoot to true", id="a pod of no group"),
    ],
)
def test_on_a_cluster_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(A01, bad)
