"""A02 high-uid."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import container, judged, violation
from tests.policy.kubernetes_builders import blamed, pod_secure, secure, workload

A02 = rule("A02")


@pytest.mark.parametrize(
    "user",
    [
        pytest.param("10001:10001", id="both one above 10000"),
        pytest.param("65534:65534", id="nobody"),
        pytest.param(None, id="no user, which is another rule's matter"),
    ],
)
def test_it_holds_with(user: str | None) -> None:
    assert judged(A02, container(user=user)) == {}


@pytest.mark.parametrize(
    ("user", "says"),
    [
        pytest.param("10000:10001", 'user "10000:10001" has uid 10000', id="a uid of exactly 10000"),
        pytest.param("10001:10000", 'user "10001:10000" has gid 10000', id="a gid of exactly 10000"),
        pytest.param("1000:10001", "has uid 1000", id="a usual uid"),
        pytest.param("10001", "has no group", id="no group"),
        pytest.param("agent:10001", "a uid given by name", id="a user's name"),
        pytest.param("10001:agents", "a gid given by name", id="a group's name"),
    ],
)
def test_it_fails_with(user: str, says: str) -> None:
    message = violation(A02, container(user=user))
    assert says in message
    assert "set containers.main.hardening.run_as" in message


def test_both_ids_are_named_where_both_are_low() -> None:
    assert violation(A02, container(user="1000:1000")).count("\n") == 1


def test_the_bound_is_a_setting() -> None:
    assert judged(A02, container(user="2000:2000"), above=1999) == {}


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="high ids"),
        pytest.param(
            workload(pod=pod_secure(runAsUser=1), securityContext=secure(runAsUser=20000)),
            id="the container's over the pod's",
        ),
    ],
)
def test_on_a_cluster_it_holds_with(good: Registered) -> None:
    assert judged(A02, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(workload(pod=pod_secure(runAsUser=None)), "user is not set", id="no user"),
        pytest.param(workload(pod=pod_secure(runAsUser=1000)), "uid 1000", id="a low uid"),
        pytest.param(workload(pod=pod_secure(runAsGroup=None)), "has no group", id="no group"),
    ],
)
def test_on_a_cluster_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(A02, bad)
