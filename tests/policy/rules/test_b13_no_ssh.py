"""B13 no-ssh."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import container, judged, violation
from tests.policy.kubernetes_builders import blamed, workload

B13 = rule("B13")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="none of it"),
        pytest.param(workload(args=["python3", "about-sshd-logs.py"]), id="a word that holds its name"),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(B13, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(workload(ports=[{"containerPort": 22}]), "container_ports holds 22", id="its port"),
        pytest.param(
            workload(command=["sh", "-c", "/usr/sbin/sshd -D & exec agent"]),
            "args starts an SSH server",
            id="the server in a shell line",
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(B13, bad)


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(container(), id="none of it"),
    ],
)
def test_on_docker_it_holds_with(good: Registered) -> None:
    assert judged(B13, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            container(ports=[{"internal": 22, "external": 2222, "ip": "10.0.0.1"}]),
            "ports publishes 22",
            id="its port under another",
        ),
        pytest.param(container(command=["dropbear", "-F"]), "args starts an SSH server", id="another server"),
    ],
)
def test_on_docker_it_fails_with(bad: Registered, says: str) -> None:
    assert says in violation(B13, bad)
