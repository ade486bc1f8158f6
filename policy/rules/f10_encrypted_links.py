"""F10: what goes from machine to machine is encrypted.

The mesh or VPN below a LAN address is no resource of a stack: each machine's file says what encrypts the traffic to its
address, and the machine components publish that for the addresses their groups use.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.redaction import shown
from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.container import ContainerView
from policy.views.stack import LinkView, MachineView, StackView

_ENCRYPTED = ("wireguard", "tailscale", "vpn", "tls")
_NAMED_AT_MOST = 3


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    for machine in stack.machines:
        for link in machine.links:
            if link.encryption in _ENCRYPTED or (link.accepted and settings["reason_suffices"]):
                continue
            users = _users([view for view in stack.on(machine) if _uses(view, link, machine)])
            who = f" ({users})" if users else ""
            where = "others send to" if link.address == machine.lan_address else "goes to"
            said = "in the clear" if link.accepted else "and nobody says what encrypts it"
            if link.encryption:
                said = f"and {shown(link.encryption)} is nothing known to encrypt it"
            problem = f"links hold what {where} {link.machine} at {link.address}{who}, {said}"
            yield Finding(machine.subject, "links", f"{problem}: who is on that network reads and changes it")


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
    summary="What goes from machine to machine is encrypted, or its owner has said why it is not.",
    remedy="say what encrypts it in machine.lan_traffic of the machine it goes to, or why nothing does",
    sources=("CIS Docker 7.3",),
    defaults={"reason_suffices": True},
    reads=("machines.links", "containers.extra_hosts", "containers.ports"),
    check=_check,
)
