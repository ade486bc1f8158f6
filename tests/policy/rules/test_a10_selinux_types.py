"""A10 selinux-types."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import container, judged, violation
from tests.policy.kubernetes_builders import blamed, pod_secure, workload

A10 = rule("A10")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="nothing said"),
        pytest.param(
            workload(pod=pod_secure(seLinuxOptions={"type": "container_t", "level": "s0:c1,c2"})),
            id="a container's type and a level",
        ),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(A10, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            workload(pod=pod_secure(seLinuxOptions={"type": "spc_t"})),
            'selinux type is "spc_t"',
            id="a type beyond containers",
        ),
        pytest.param(
            workload(pod=pod_secure(seLinuxOptions={"user": "system_u"})), 'selinux user is "system_u"', id="a user"
        ),
        pytest.param(
            workload(pod=pod_secure(seLinuxOptions={"role": "system_r"})), 'selinux role is "system_r"', id="a role"
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(A10, bad)


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(container(), id="nothing said"),
        pytest.param(container(securityOpts=["label=type:container_t", "label=level:s0"]), id="a container's type"),
    ],
)
def test_on_docker_it_holds_with(good: Registered) -> None:
    assert judged(A10, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(container(securityOpts=["label=disable"]), "selinux is disabled", id="SELinux off"),
        pytest.param(
            container(securityOpts=["label:type:spc_t"]), 'selinux type is "spc_t"', id="a type beyond containers"
        ),
    ],
)
def test_on_docker_it_fails_with(bad: Registered, says: str) -> None:
    assert says in violation(A10, bad)
