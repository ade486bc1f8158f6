"""IP addresses as resources give them: text that may be anything."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_DOCKER_BRIDGE = IPv4Network("172.17.0.0/16")
"""Subnet of Docker's default bridge, the same on every host."""


@lru_cache(maxsize=4096)
def parse_address(text: str) -> Address | None:
    """An address; None if the text is not one. IPv6 may be in brackets; IPv4 mapped into IPv6 becomes IPv4."""
    try:
        address = ip_address(text.strip().strip("[]"))
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def parse_network(text: str) -> Network | None:
    """A subnet; None if the text is not one. Host bits are cleared."""
    try:
        return ip_network(text.strip(), strict=False)
    except ValueError:
        return None


def overlap(one: Network, other: Network) -> bool:
    """Whether two subnets share an address; those of different versions never do."""
    return one.version == other.version and one.overlaps(other)


def is_every_address(text: str) -> bool:
    """Whether a bind address is every address of a host; so is an empty one."""
    address = parse_address(text)
    return not text or (address is not None and address.is_unspecified)


def is_public(text: str) -> bool:
    """Whether an address is one of the internet."""
    address = parse_address(text)
    return address is not None and address.is_global


def unreachable_reason(host: str) -> str | None:
    """Why a host cannot be reached from another container or machine; None if it may be."""
    if host.lower() == "localhost" or host.lower().endswith(".localhost"):
        return "is the container itself"
    address = parse_address(host)
    if address is None:
        return None
    if address.is_loopback:
        return "is the container itself"
    if address.is_unspecified:
        return "is not an address to connect to"
    if address in _DOCKER_BRIDGE:
        return "is on Docker's default bridge, a different network on every host"
    return None
