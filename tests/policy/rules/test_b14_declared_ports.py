"""B14 declared-ports."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from tests.policy.builders import container, judged, violation
from tests.policy.kubernetes_builders import blamed, service, workload

B14 = rule("B14")


@pytest.mark.parametrize("target", ["http", 8000, "8000"])
def test_it_holds_where_the_container_has_the_port(target: object) -> None:
    assert judged(B14, workload(), service(ports=[{"port": 80, "targetPort": target}])) == {}


def test_it_fails_where_no_container_has_it() -> None:
    message = blamed(B14, service("lost", ports=[{"port": 80, "targetPort": 9000}]), workload())
    assert "ports target 9000" in message


def test_a_service_without_pods_here_is_e09_s_matter() -> None:
    assert judged(B14, service(ports=[{"port": 80, "targetPort": 9000}])) == {}


def test_on_docker_it_holds_with_single_ports() -> None:
    assert judged(B14, container(ports=[{"internal": 8000, "external": 8000, "ip": "10.0.0.1"}])) == {}


def test_on_docker_it_fails_where_all_are_published() -> None:
    assert "ports publishes all" in violation(B14, container(publishAllPorts=True))
