"""G12: container subnets do not overlap each other or other routed ranges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product

from fleet.frozen import dataclass
from policy.core.parsing.addresses import Network, overlap, parse_address, parse_network
from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.stack import MachineView, NetworkView, StackView

_DOCKER_POOLS = (
    "172.17.0.0/16", "172.18.0.0/16", "172.19.0.0/16", "172.20.0.0/14", "172.24.0.0/14", "172.28.0.0/14",
    "192.168.0.0/16",
)  # fmt: skip
_TAKEN: Mapping[str, str] = {
    **dict.fromkeys(_DOCKER_POOLS, "Docker's default pool"),
    "10.42.0.0/16": "the k3s range for pods",
    "10.43.0.0/16": "the k3s range for services",
}
"""Ranges assigned elsewhere: moby's default local pools (libnetwork/ipamutils), and those k3s requires."""

_RANGES = tuple((network, cidr, owner) for cidr, owner in _TAKEN.items() if (network := parse_network(cidr)))


@dataclass(frozen=True, slots=True)
class _Subnet:
    view: NetworkView | MachineView
    name: str
    cidr: str
    network: Network
    rank: int
    """The lower is reported: this stack's own networks (0), its networks of the fleet (1), others of the fleet (2)."""


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    subnets = list(_subnets(stack))
    meant = [
        network for machine in stack.machines for cidr in machine.allowed_overlaps if (network := parse_network(cidr))
    ]
    for first, second in _overlapping([subnet.network for subnet in subnets]):
        one, other = subnets[first], subnets[second]
        mine, theirs = (one, other) if one.rank < other.rank else (other, one)
        problem = f"{_what(mine)} overlaps {theirs.name} ({theirs.cidr}), so they cannot reach each other"
        yield Finding("subnets", problem, of=mine.view)
    for subnet in subnets:
        yield from _taken(subnet, meant)
        for machine in stack.machines:
            yield from _lan(subnet, machine)


def _subnets(stack: StackView) -> Iterator[_Subnet]:
    """Subnets that machines publish, and those this stack registers; each network once."""
    registered = {network.name for network in stack.networks}
    fleet = {name for machine in stack.machines for name in machine.subnets}
    published: set[tuple[str, str]] = set()
    for network_view in stack.networks:
        for cidr in network_view.subnets:
            if network := parse_network(cidr):
                yield _Subnet(network_view, network_view.name, cidr, network, int(network_view.name in fleet))
    for machine in stack.machines:
        for name, cidr in machine.subnets.items():
            network = parse_network(cidr)
            if network and name not in registered and (name, cidr) not in published:
                published.add((name, cidr))
                yield _Subnet(machine, name, cidr, network, 2)


def _overlapping(networks: Sequence[Network]) -> list[tuple[int, int]]:
    """Positions of networks that overlap. Two either nest or are disjoint, so each looks up its supernets."""
    found: dict[Network, list[int]] = {}
    for number, network in enumerate(networks):
        found.setdefault(network, []).append(number)
    lengths = {(network.version, network.prefixlen) for network in found}
    pairs: list[tuple[int, int]] = []
    for network, inner in found.items():
        pairs += combinations(inner, 2)
        for version, length in lengths:
            if version == network.version and length < network.prefixlen:
                outer = found.get(network.supernet(new_prefix=length), ())
                pairs += ((min(pair), max(pair)) for pair in product(inner, outer))
    return sorted(pairs)


def _taken(subnet: _Subnet, meant: list[Network]) -> Iterator[Finding]:
    for taken, cidr, owner in _RANGES:
        if overlap(subnet.network, taken) and subnet.network not in meant:
            problem = f"{_what(subnet)} overlaps {owner} {cidr}, which is assigned automatically"
            yield Finding("subnets", problem, of=subnet.view)


def _lan(subnet: _Subnet, machine: MachineView) -> Iterator[Finding]:
    address = parse_address(machine.lan_address)
    if address and address in subnet.network:
        problem = (
            f"{_what(subnet)} holds the LAN address of {machine.name} ({address}), which containers then cannot reach"
        )
        yield Finding("subnets", problem, of=subnet.view)


def _what(subnet: _Subnet) -> str:
    return f"subnet {subnet.cidr} of {subnet.name}"


RULE = StackRule(
    id="G12",
    name="subnet-disjoint",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="Container subnets do not overlap each other, Docker's default pools, k3s ranges or the LAN.",
    remedy="set machine.network.subnet to a free /24 of 10.210.0.0/16, or inside_docker_pool to true if intended",
    reads=("networks.subnets", "machines.subnets", "machines.lan_address"),
    check=_check,
)
