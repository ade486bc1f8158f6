"""B01: the container has a network of its own."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import DOCKER, KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    if container.host_network:
        problem = "host_network is true, so it reaches every port of the host, the daemon's included"
        yield Finding(container.subject, "host_network", problem)


RULE = ContainerRule(
    id="B01",
    name="no-host-network",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="A container does not share the host's network.",
    remedy="join a user-defined network and publish single ports on a named address",
    on_cluster="drop hostNetwork, and put a service before it",
    sources=("CKV_K8S_19", "KSV-0009", "CIS Docker 5.10", "PSS hostNamespaces"),
    targets=(DOCKER, KUBERNETES),
    reads=("host_network",),
    check=_check,
)
