"""B12 no-privileged-ports."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import container, judged, violation
from tests.policy.kubernetes_builders import blamed, workload

B12 = rule("B12")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="a high port"),
        pytest.param(workload(ports=[{"containerPort": 1024}]), id="the first high one"),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(B12, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(workload(ports=[{"containerPort": 1023}]), "container_ports holds 1023", id="the last low one"),
        pytest.param(workload(ports=[{"containerPort": 80}]), "container_ports holds 80", id="the web's"),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(B12, bad)


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(container(ports=[{"internal": 8000, "external": 8000, "ip": "10.0.0.1"}]), id="high ports"),
        pytest.param(container(ports=[{"internal": 8000, "ip": "10.0.0.1"}]), id="one that the daemon picks"),
    ],
)
def test_on_docker_it_holds_with(good: Registered) -> None:
    assert judged(B12, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            container(ports=[{"internal": 8000, "external": 443, "ip": "10.0.0.1"}]),
            "ports holds 443",
            id="a low port of the host",
        ),
    ],
)
def test_on_docker_it_fails_with(bad: Registered, says: str) -> None:
    assert says in violation(B12, bad)
