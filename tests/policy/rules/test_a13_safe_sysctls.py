"""A13 safe-sysctls."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import container, judged, violation
from tests.policy.kubernetes_builders import blamed, pod_secure, workload

A13 = rule("A13")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="none"),
        pytest.param(
            workload(pod=pod_secure(sysctls=[{"name": "net.ipv4.tcp_syncookies", "value": "1"}])), id="a safe one"
        ),
        pytest.param(
            workload(pod=pod_secure(sysctls=[{"name": "net/ipv4/tcp_syncookies", "value": "1"}])),
            id="a safe one with slashes",
        ),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(A13, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            workload(pod=pod_secure(sysctls=[{"name": "kernel.msgmax", "value": "1"}])),
            'sysctls holds "kernel.msgmax"',
            id="one of the kernel's",
        ),
        pytest.param(
            workload(pod=pod_secure(sysctls=[{"name": "net.core.somaxconn", "value": "1"}])),
            'sysctls holds "net.core.somaxconn"',
            id="one that is not counted as safe",
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(A13, bad)


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(container(), id="none"),
        pytest.param(container(sysctls={"net.ipv4.ping_group_range": "0 0"}), id="a safe one"),
    ],
)
def test_on_docker_it_holds_with(good: Registered) -> None:
    assert judged(A13, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            container(sysctls={"kernel.msgmax": "1"}), 'sysctls holds "kernel.msgmax"', id="one of the kernel's"
        ),
    ],
)
def test_on_docker_it_fails_with(bad: Registered, says: str) -> None:
    assert says in violation(A13, bad)
