"""A port of a container group, and where it is published."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, WithJsonSchema

from fleet.model.base import Breach, Model, Name, PortNumber, rule
from fleet.model.hosts import address_of, unicast_problem
from fleet.source.redaction import shown

MAIN = "main"
"""Key of the main container; all others are sidecars."""

DEFAULT_PORT = 8000
"""Port of agents and health checks inside a container."""

LAN = "lan"
LOCALHOST = "localhost"
EVERY_ADDRESS = "0.0.0.0"  # noqa: S104
EVERY_ADDRESS_RULE = "B11"
"""The policy that a port on every address needs a waiver of."""

_FORM = "write lan, localhost, or an IPv4 address of the machine"


def _place(value: Any) -> str:
    if value in (LAN, LOCALHOST, EVERY_ADDRESS):
        return str(value)
    address = address_of(value) if isinstance(value, str) else None
    if not isinstance(address, IPv4Address):
        msg = f"{shown(value)} is no place to publish a port; {_FORM}"
        raise ValueError(msg)  # noqa: TRY004  (pydantic reports ValueError)
    if problem := unicast_problem(address):
        msg = f"{address} {problem}; {_FORM}"
        raise ValueError(msg)
    return str(address)


PublishPlace = Annotated[
    str,
    BeforeValidator(_place),
    WithJsonSchema(
        {"anyOf": [{"enum": [LAN, LOCALHOST]}, {"type": "string", "pattern": r"^[0-9]{1,3}(\.[0-9]{1,3}){3}$"}]}
    ),
]
"""`lan`, `localhost`, or an IPv4 address."""


class Port(Model):
    """An endpoint of the group, reachable by name on its machine."""

    port: PortNumber = DEFAULT_PORT
    """Port inside the container."""
    protocol: Literal["tcp", "udp"] = "tcp"
    """Transport protocol."""
    scheme: Literal["tcp", "http"] = "tcp"
    """URL scheme of its address."""
    container: Name = MAIN
    """The container that listens on it."""
    service: Name | None = None
    """Role in the fleet (`observability`, `discovery`); other machines reach it as `<machine>-<service>`."""
    publish: PublishPlace | None = None
    """Publishes it for people on a Docker machine: `lan` (its LAN address), `localhost` (127.0.0.1, for a proxy or
    a tunnel), or one of its IPv4 addresses. Clusters and clouds have an entrance instead."""
    host_port: PortNumber | None = None
    """Port on the machine. With `publish`, it defaults to `port`. Without, it is opened on the LAN address, and only
    for other machines that use the endpoint."""

    @property
    def outer_port(self) -> int | None:
        """Port on the machine, if it may be published."""
        return self.host_port or (self.port if self.publish else None)

    @rule
    def _http_runs_over_tcp(self) -> Iterator[Breach]:
        if self.protocol == "udp" and "scheme" in self.model_fields_set:
            text = f'"{self.scheme}" is not a scheme of a udp port; drop scheme, or set protocol: tcp'
            yield ("scheme",), text
