"""R11: what talks to private addresses, such as machines at home, goes through the project's network.

Without one, such an address leads nowhere from Cloud Run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_network

from policy.core.parsing.addresses import parse_address
from policy.core.rule import Finding, Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.cloudrun import RunView

_ADDRESS = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")
_PRIVATE = tuple(
    # The last is carriers' and meshes', such as a VPN between machines.
    ip_network(subnet)
    for subnet in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)


def _check(run: RunView, settings: Settings) -> Iterator[Finding]:
    if run.egress is not None:
        return
    for view in run.containers:
        for name, value in view.env:
            if found := next(filter(_is_private, _ADDRESS.findall(value)), None):
                problem = f"egress is not set, but env {name} of {view.name} leads to {found}, which is private"
                yield Finding(run.subject, "egress", problem)
                return


def _is_private(text: str) -> bool:
    address = parse_address(text)
    return address is not None and any(address in subnet for subnet in _PRIVATE)


RULE = ResourceRule(
    id="R11",
    name="private-egress",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="What talks to private addresses goes through the project's network.",
    remedy="set egress of its group, and network and subnet of machine.cloud",
    elsewhere="give its template a vpcAccess",
    sources=("Cloud Foundation Fabric vpc_access",),
    resources=(ResourceCheck(of="runs", reads=("egress", "containers"), check=_check),),
)
