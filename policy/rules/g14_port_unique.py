"""G14: a port of a host is published once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.parsing.addresses import is_every_address
from policy.views.container import KUBERNETES, PublishedPort
from policy.views.stack import StackView


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    taken: dict[tuple[str, int, str], list[tuple[str, str]]] = defaultdict(list)
    for container in stack.containers:
        if container.target == KUBERNETES:
            continue  # B11 takes it a node's ports altogether.
        for port in container.ports:
            if not port.host_port:
                continue  # The daemon picks a free one.
            others = taken[container.host, port.host_port, port.protocol]
            owner = next((owner for address, owner in others if _same(address, port)), None)
            if owner is not None:
                where = port.host_address or "every address"
                problem = (
                    f"ports publishes {port.host_port}/{port.protocol} on {where}, and so does {owner}; "
                    "the second to start fails"
                )
                yield Finding(container.subject, "ports", problem)
            others.append((port.host_address, container.subject))


def _same(address: str, port: PublishedPort) -> bool:
    return address == port.host_address or is_every_address(address) or is_every_address(port.host_address)


RULE = StackRule(
    id="G14",
    name="port-unique",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="No two containers of a machine publish the same port.",
    remedy="set ports.<port>.host_port of its group to a free port",
    elsewhere="set the port's external to a free port",
    sources=("dclint no-duplicate-exported-ports",),
    reads=("containers.ports",),
    check=_check,
)
