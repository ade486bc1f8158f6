"""B01: a container has its own network."""

from __future__ import annotations

from policy.core.checks import if_true
from policy.core.rule import ContainerRule, Level, Severity
from policy.views.container import DOCKER, KUBERNETES

RULE = ContainerRule(
    id="B01",
    name="no-host-network",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="A container does not share the host's network; discovery by broadcast may have an exception.",
    exception="host_network",
    remedy="set containers.<name>.hardening.host_network to false, and publish its ports",
    elsewhere="join a user-defined network and publish the ports it needs on a specific address",
    on_cluster="remove hostNetwork and expose it through a Service",
    sources=("CKV_K8S_19", "KSV-0009", "CIS Docker 5.10", "PSS hostNamespaces"),
    targets=(DOCKER, KUBERNETES),
    **if_true("host_network", ", so it can reach every port of the host, including local daemons"),
)
