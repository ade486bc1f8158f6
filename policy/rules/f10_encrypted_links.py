"""F10: traffic between machines is encrypted.

The mesh or VPN under a LAN address is not a resource: each machine's file states what encrypts traffic to its address,
and machine components publish that for the addresses their groups use.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.source.redaction import shown
from policy.core.parsing.addresses import is_public
from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.container import ContainerView
from policy.views.stack import LinkView, MachineView, StackView

_ENCRYPTED = ("wireguard", "tailscale", "vpn", "tls")
_NAMED_AT_MOST = 3
_PRIVATE = "set machine.lan_address to an address of a VPN or a LAN, and machine.lan_traffic to what encrypts it"


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    for machine in stack.machines:
        for link in machine.links:
            public = is_public(link.address)
            if link.encryption in _ENCRYPTED or (link.accepted and settings["reason_suffices"] and not public):
                continue
            users = _users([view for view in stack.on(machine) if _uses(view, link, machine)])
            who = f" ({users})" if users else ""
            where = "from others to" if link.address == machine.lan_address else "to"
            said = "unencrypted" if link.accepted else "with no encryption stated"
            if link.encryption:
                said = f"with {shown(link.encryption)}, which is not a known encryption"
            problem = f"links hold traffic {where} {link.machine} at {link.address}{who}, {said}"
            network = "the internet, where the address is public," if public else "that network"
            remedy = _PRIVATE if public else ""
            yield Finding("links", f"{problem}: anyone on {network} can read and change it", remedy, of=machine)


def _uses(container: ContainerView, link: LinkView, machine: MachineView) -> bool:
    if link.address == machine.lan_address:
        return any(port.host_address == link.address for port in container.ports)
    return any(address == link.address for _, address in container.extra_hosts)


def _users(containers: list[ContainerView]) -> str:
    names = [container.name for container in containers[:_NAMED_AT_MOST]]
    rest = len(containers) - len(names)
    return ", ".join([*names, *([f"{rest} more"] if rest else [])])


RULE = StackRule(
    id="F10",
    name="encrypted-links",
    level=Level.ADVISORY,
    severity=Severity.MEDIUM,
    summary="Traffic between machines is encrypted, or its owner gives a reason why not.",
    remedy="set machine.lan_traffic of the receiving machine to what encrypts it, or to the reason why nothing does",
    sources=("CIS Docker 7.3",),
    defaults={"reason_suffices": True},
    reads=("machines.links", "containers.extra_hosts", "containers.ports"),
    check=_check,
)
