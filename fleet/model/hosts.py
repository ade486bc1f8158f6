"""Hosts and addresses: names, unicast addresses, private networks, and connections to machines."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from fleet.model.base import Form
from fleet.source.redaction import shown
from fleet.source.secrets import holds_secret_value

_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_ALIAS = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_USER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,31}")
_NAME_LENGTH_MAX = 253
_PORT_MAX = 65535
_DOCKER_PORT = "2375 or 2376"

_PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
"""Ranges of RFC 1918."""

NOT_INTERNET = (
    "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"
)  # fmt: skip
"""Addresses outside the internet: other machines, a cluster itself, and a cloud's metadata service."""

_OUTSIDE_RANGES = tuple(map(IPv4Network, NOT_INTERNET))
_LOCAL_DOMAINS = (".cluster.local", ".home.arpa", ".internal", ".lan", ".local", ".localdomain", ".localhost", ".svc")
"""Domains of a LAN, a host or a cluster (RFC 6762, RFC 8375, and the reserved .internal)."""

_OF_A_CLUSTER = (".cluster.local", ".svc", ".localhost", ".localdomain")
NOT_PUBLIC = (*_LOCAL_DOMAINS, ".invalid", ".onion", ".test")
"""Domains for which no public authority signs certificates (RFC 2606, RFC 7686)."""

_PREFIX = re.compile("0|[1-9][0-9]?")
_THIS_NETWORK = IPv4Network("0.0.0.0/8")

PROJECT_ID = "[a-z][a-z0-9-]{4,28}[a-z0-9]"
"""Project of Google Cloud: docs.cloud.google.com/resource-manager/docs/creating-managing-projects."""

_NO_PROJECT_HAS = ("google", "ssl")
"""Restricted strings, by the same page."""

CONNECTION_PATTERN = r"^(ssh://[^\s/]+|unix:///\S+|tcp://[^\s/]+|kubeconfig://\S+|gcp://" + PROJECT_ID + ")$"


def is_host_name(text: str) -> bool:
    """Whether text is a DNS name; one that ends in a number would be read as an address (RFC 3696)."""
    last = text.rpartition(".")[2]
    return len(text) <= _NAME_LENGTH_MAX and _NAME.fullmatch(text) is not None and not last.isdecimal()


def address_of(text: str) -> IPv4Address | IPv6Address | None:
    """The address that text spells, without brackets; None for a name."""
    try:
        return ip_address(text)
    except ValueError:
        return None


def unicast_problem(address: IPv4Address | IPv6Address) -> str | None:
    """Why an address is not that of one host; None if it is. Loopback is a host's own."""
    if isinstance(address, IPv4Address) and address in _THIS_NETWORK:
        return "stands for no host"
    if address.is_multicast:
        return "is a multicast address"
    if address.is_loopback:
        return None
    if address.is_link_local:
        return "is a link-local address, which changes with every start"
    if address.is_reserved or address.is_unspecified:
        return "is reserved"
    if isinstance(address, IPv4Address) and int(address) & 0xFF in (0, 255):
        return "is the address of a network or its broadcast address"
    return None


def _text_only(form: str) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        # Python reads whole numbers, true included, as addresses: true is 0.0.0.1.
        if not isinstance(value, (str, IPv4Address, IPv4Network)):
            msg = f"{shown(value)} is not {form}"
            raise ValueError(msg)  # noqa: TRY004  (pydantic reports ValueError)
        return value

    return check


def _with_prefix(value: Any) -> Any:
    """Refuses what ipaddress would also take: a single address, or a mask in place of a prefix length."""
    if isinstance(value, str) and not _PREFIX.fullmatch(value.partition("/")[2]):
        msg = f"{shown(value)} is not an IPv4 network; write it like 10.210.3.0/24"
        raise ValueError(msg)
    return value


def _unicast(address: IPv4Address) -> IPv4Address:
    if problem := unicast_problem(address):
        msg = f"{address} {problem}; set the machine's own address on the LAN"
        raise ValueError(msg)
    return address


def _private(network: IPv4Network) -> IPv4Network:
    if not any(network.subnet_of(private) for private in _PRIVATE):
        msg = f"{network} is not in a private range (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16); use 10.210.N.0/24"
        raise ValueError(msg)
    return network


LanAddress = Annotated[
    IPv4Address, BeforeValidator(_text_only("an IPv4 address; write it like 192.168.1.30")), AfterValidator(_unicast)
]
"""An address of one host."""

PrivateSubnet = Annotated[
    IPv4Network,
    BeforeValidator(_with_prefix),
    BeforeValidator(_text_only("an IPv4 network; write it like 10.210.3.0/24")),
    AfterValidator(_private),
]
"""A network inside a private range."""


def _as_name(text: str) -> str:
    """How to correct a public name."""
    part = text.partition("://")[2] or text
    host = part.partition("/")[0].partition(":")[0]
    if "." not in host:
        return "write it with its domain, like agents.example.org"
    if host != text:
        return "write the name alone, without scheme, port and path, like agents.example.org"
    return "write it in lower case, like agents.example.org"


def _public_name(text: str) -> str:
    if not is_host_name(text) or "." not in text or text != text.lower():
        msg = f"{shown(text)} is not a public host name; {_as_name(text)}"
        raise ValueError(msg)
    return text


def _on_the_internet(text: str) -> str:
    if text.endswith(NOT_PUBLIC):
        msg = f"{shown(text)} is not a name on the internet, so that nobody signs a certificate; use a public name"
        raise ValueError(msg)
    return text


def _outside_the_cluster(text: str) -> str:
    if text.endswith(_OF_A_CLUSTER):
        msg = f"{shown(text)} is a name inside a cluster or host, not one that requests come in by; use another"
        raise ValueError(msg)
    return text


_HostName = Annotated[str, AfterValidator(_public_name), StringConstraints(max_length=_NAME_LENGTH_MAX)]
HostName = Annotated[_HostName, AfterValidator(_on_the_internet)]
"""A name of a public host; no address, since certificates need names."""

EntranceName = Annotated[_HostName, AfterValidator(_outside_the_cluster)]
"""A name with a domain, which may be one of a LAN, of a cluster's entrance."""


HOST_GATEWAY = "host-gateway"
"""Docker's word for the machine itself."""


def _alias_target(value: Any) -> str:
    if value == HOST_GATEWAY:
        return HOST_GATEWAY
    address = address_of(value) if isinstance(value, str) else None
    problem = unicast_problem(address) if isinstance(address, IPv4Address) else "is not an IPv4 address"
    if problem is None and address is not None and address.is_loopback:
        problem = "is the container itself"
    if problem:
        msg = f"{shown(value)} {problem}; write one like 192.168.1.5, or {HOST_GATEWAY} for the machine itself"
        raise ValueError(msg)
    return str(address)


HostTarget = Annotated[str, BeforeValidator(_alias_target), StringConstraints(max_length=15)]
"""An IPv4 address, or `host-gateway`."""


def _alias(text: str) -> str:
    if not is_host_name(text) or text != text.lower():
        msg = f"{shown(text)} is not a host name; write it in lower case, like nas.lan"
        raise ValueError(msg)
    return text


HostAlias = Annotated[str, AfterValidator(_alias), StringConstraints(max_length=_NAME_LENGTH_MAX)]
"""A host name that containers resolve."""


def _outside(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not _is_port(port):
        msg = f"{shown(text)} has no port from 1 to {_PORT_MAX}; write it like api.example.com:443"
        raise ValueError(msg)
    address = address_of(host)
    if address is None and not (is_host_name(host) and host == host.lower()):
        msg = f"{shown(text)} names no host; write its name and port, like api.example.com:443"
        raise ValueError(msg)
    if address is None and ("." not in host or host.endswith(_LOCAL_DOMAINS)):
        msg = f"{shown(text)} is not a host on the internet; list a group under peers, or name a public host"
        raise ValueError(msg)
    inside = address and any(address in reach for reach in _OUTSIDE_RANGES)
    if inside or (address and unicast_problem(address)):
        msg = f"{shown(text)} is not a host on the internet; name one, or drop it"
        raise ValueError(msg)
    return text


OutsideRef = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?:[1-9][0-9]{0,4}$"),
    AfterValidator(_outside),
    Form("write a host in lower case with its port, like api.example.com:443"),
]
"""`host:port` on the internet."""


def _web_address(text: str) -> str:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if not _is_host(parts.hostname or "") or port == 0 or parts.fragment:
        msg = f"{shown(text)} is not an address; write it like http://prometheus.monitoring:9090"
        raise ValueError(msg)
    return text


WebAddress = Annotated[
    str,
    StringConstraints(pattern=r"^https?://\S+$", max_length=500),
    AfterValidator(_web_address),
    Form("write a URL, like http://prometheus.monitoring:9090"),
]
"""URL of a service."""


def _mail(text: str) -> str:
    box, _, host = text.rpartition("@")
    if not re.fullmatch(r"[A-Za-z0-9._%+'-]{1,64}", box) or ".." in text or not is_host_name(host) or "." not in host:
        msg = f"{shown(text)} is not an e-mail address; write it like owner@example.org"
        raise ValueError(msg)
    return text


Email = Annotated[str, AfterValidator(_mail)]

_SERVICE_ACCOUNT_DOMAIN = ".gserviceaccount.com"


def _member(text: str) -> str:
    kind, _, name = text.partition(":")
    if kind == "domain":
        _public_name(name)
    else:
        _mail(name)
    if kind == "serviceAccount" and not name.endswith(_SERVICE_ACCOUNT_DOMAIN):
        form = f"serviceAccount:name@project.iam{_SERVICE_ACCOUNT_DOMAIN}"
        msg = f"{shown(text)} is not a service account; write it like {form}"
        raise ValueError(msg)
    return text


Member = Annotated[
    str,
    StringConstraints(pattern=r"^(serviceAccount|user|group|domain):\S+$", max_length=300),
    AfterValidator(_member),
    Form(
        "write it like serviceAccount:caller@project.iam.gserviceaccount.com, user:owner@example.org, "
        "group:team@example.org or domain:example.org"
    ),
]
"""Who may call a service of Google Cloud."""


def _reachable(connection: str) -> str:
    """Refuses what ssh or Docker's client cannot use. The text may hold a password, so that it is never quoted."""
    scheme, _, rest = connection.partition("://")
    if scheme == "unix" and (".." in rest.split("/") or not rest.strip("/")):
        msg = "connection names no socket; write it like unix:///var/run/docker.sock"
        raise ValueError(msg)
    if scheme == "gcp" and (word := next((word for word in _NO_PROJECT_HAS if word in rest), None)):
        msg = f'no project of Google Cloud has "{word}" in its id ({shown(rest)}); see `gcloud projects list`'
        raise ValueError(msg)
    if scheme not in ("ssh", "tcp"):
        return connection
    user, _, place = rest.rpartition("@")
    host, port = split_port(place)
    if "@" in rest and not holds_secret_value(connection) and (scheme == "tcp" or not _USER.fullmatch(user)):
        msg = "connection has an invalid user; write it like ssh://owner@192.168.1.30"
        raise ValueError(msg)
    if not _is_host(host):
        msg = f"connection names no host ({shown(host)}); write it like ssh://owner@192.168.1.30"
        raise ValueError(msg)
    if port is not None and not _is_port(port):
        msg = f"connection has no port from 1 to {_PORT_MAX} ({shown(port)}); write it like ssh://owner@192.168.1.30:22"
        raise ValueError(msg)
    if scheme == "tcp" and port is None:
        msg = f"connection has no port; add the daemon's, usually {_DOCKER_PORT}"
        raise ValueError(msg)
    return connection


Connection = Annotated[
    str,
    StringConstraints(pattern=CONNECTION_PATTERN, max_length=300),
    AfterValidator(_reachable),
    Form(
        "write it like ssh://owner@192.168.1.30, unix:///var/run/docker.sock, kubeconfig://<context> "
        "or gcp://<project id>"
    ),
]
"""How to reach a machine."""


def split_port(place: str) -> tuple[str, str | None]:
    """(host without brackets, port if any) of `host`, `host:port`, `[address]` or `[address]:port`."""
    if place.startswith("["):
        host, bracket, rest = place[1:].partition("]")
        return (host, rest[1:] if rest.startswith(":") else rest or None) if bracket else ("", None)
    host, colon, port = place.partition(":")
    return host, port if colon else None


def _is_host(text: str) -> bool:
    address = address_of(text)
    if address is not None:
        return unicast_problem(address) is None
    # ssh takes aliases of its configuration, which may have underscores.
    return (
        len(text) <= _NAME_LENGTH_MAX
        and _ALIAS.fullmatch(text) is not None
        and ("_" in text or is_host_name(text.removesuffix(".")))
    )


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 5 and 1 <= int(text) <= _PORT_MAX
