"""G14: a host port is published once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice

from policy.core.parsing.addresses import is_every_address
from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.container import KUBERNETES
from policy.views.stack import StackView


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    taken: dict[tuple[str, int, str], dict[str, tuple[int, str]]] = defaultdict(dict)
    for container in stack.containers:
        if container.target == KUBERNETES:
            continue  # B11 covers host ports of pods.
        for port in container.ports:
            if not port.host_port:
                continue  # The daemon picks a free one.
            others = taken[container.host, port.host_port, port.protocol]
            address = "" if is_every_address(port.host_address) else port.host_address
            # The first one registered is reported.
            clashes = [others[each] for each in ("", address) if each in others]
            if not address:
                clashes = list(islice(others.values(), 1))
            if clashes:
                _, owner = min(clashes)
                where = port.host_address or "every address"
                problem = (
                    f"ports publishes {port.host_port}/{port.protocol} on {where}, and so does {owner}; "
                    "the second to start fails"
                )
                yield Finding("ports", problem, of=container)
            others.setdefault(address, (len(others), container.label))


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
