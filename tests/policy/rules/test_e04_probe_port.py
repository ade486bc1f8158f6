"""E04 probe-port."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.cloudrun_builders import blamed_on_run, run_container, run_service
from tests.policy.kubernetes_builders import blamed, workload

E04 = rule("E04")


COMMAND = {"exec": {"command": ["true"]}}


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="a port's name"),
        pytest.param(workload(startupProbe={"tcpSocket": {"port": 8000}}), id="a port's number"),
        pytest.param(
            workload(ports=None, livenessProbe=COMMAND, readinessProbe=COMMAND, startupProbe=None),
            id="commands and no port",
        ),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(E04, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            workload(livenessProbe={"httpGet": {"path": "/", "port": 9000}}),
            'target port "9000" for liveness, but the container has 8000, http',
            id="another number",
        ),
        pytest.param(
            workload(readinessProbe={"grpc": {"port": 9000}}),
            'target port "9000" for readiness',
            id="another port of gRPC",
        ),
        pytest.param(workload(ports=None), "but the container has none", id="no ports at all"),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(E04, bad)


def test_on_cloud_run_the_container_with_a_port_is_probed_on_it() -> None:
    other = {"httpGet": {"path": "/health", "port": 11434}}
    message = blamed_on_run(E04, run_service("bad", main={"livenessProbe": other}))
    assert 'target port "11434" for liveness, but the container has 8000' in message
    sidecar = {**run_container(name="store", ports=None), "startupProbe": {"tcpSocket": {"port": 6379}}}
    assert judged(E04, run_service(inside={"containers": [run_container(), sidecar]})) == {}
