"""R11: a service that uses private addresses, such as machines at home, has VPC egress.

Without it, such an address is unreachable from Cloud Run.
"""

from __future__ import annotations

import re
from ipaddress import ip_network

from policy.core.checks import on_field
from policy.core.parsing.addresses import parse_address
from policy.core.rule import Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.cloudrun import RunView

_ADDRESS = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")
_PRIVATE = tuple(
    # The last is carrier-grade NAT, which mesh VPNs use.
    ip_network(subnet)
    for subnet in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)


def _problem(run: RunView, settings: Settings) -> str | None:
    if run.egress is not None:
        return None
    for view in run.containers:
        for name, value in view.env:
            if found := next(filter(_is_private, _ADDRESS.findall(value)), None):
                return f"egress is not set, but env {name} of {view.name} holds {found}, a private address"
    return None


def _is_private(text: str) -> bool:
    address = parse_address(text)
    return address is not None and any(address in subnet for subnet in _PRIVATE)


RULE = ResourceRule(
    id="R11",
    name="private-egress",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="A service that uses private addresses has VPC egress.",
    remedy="set egress of its group, and network and subnet of machine.cloud",
    elsewhere="set vpcAccess on its template",
    sources=("Cloud Foundation Fabric vpc_access",),
    resources=(ResourceCheck(of="runs", **on_field("egress", _problem, "containers")),),
)
