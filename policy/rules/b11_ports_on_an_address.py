"""B11: ports are published on a specific address."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.checks import on_field
from policy.core.parsing.addresses import is_every_address
from policy.core.rule import ContainerRule, Level, Settings, Severity
from policy.views.container import DOCKER, KUBERNETES, ContainerView


def _problems(container: ContainerView, settings: Settings) -> Iterator[str]:
    for port in container.ports:
        if container.target == KUBERNETES:
            yield f"ports uses {port.host_port}/{port.protocol} of its node, which bypasses every network policy"
        elif is_every_address(port.host_address):
            where = f"on {port.host_address}" if port.host_address else "without an address"
            what = f"{port.container_port}/{port.protocol}" if port.container_port else "every port"
            yield f"ports publishes {what} {where}, open to every network of the host, bypassing its firewall"


RULE = ContainerRule(
    id="B11",
    name="ports-on-an-address",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="A port is published on a specific address of the host; a pod uses no host ports.",
    remedy="publish it on machine.lan_address, or on 127.0.0.1 for the host only",
    elsewhere="set the port's ip to the host's LAN address, or to 127.0.0.1 for the host only",
    on_cluster="remove hostPort and expose it through a Service",
    sources=("CKV_K8S_26", "KSV-0024", "CIS Docker 5.14", "PSS hostPorts", "dclint no-unbound-port-interfaces"),
    targets=(DOCKER, KUBERNETES),
    **on_field("ports", _problems, each=("ports",)),
)
