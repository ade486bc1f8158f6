"""B01: a container has its own network."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import DOCKER, KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    if container.host_network:
        problem = "host_network is true, so it can reach every port of the host, including local daemons"
        yield Finding("host_network", problem)


RULE = ContainerRule(
    id="B01",
    name="no-host-network",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="A container does not share the host's network.",
    remedy="join a user-defined network and publish the ports it needs on a specific address",
    on_cluster="remove hostNetwork and expose it through a Service",
    sources=("CKV_K8S_19", "KSV-0009", "CIS Docker 5.10", "PSS hostNamespaces"),
    targets=(DOCKER, KUBERNETES),
    reads=("host_network",),
    check=_check,
)
