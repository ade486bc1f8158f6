"""G13: no endpoint of a container points at itself by mistake.

Each container has its own network, so `localhost` is the container itself. Variables with listen addresses, or URLs for
browsers and health checks, are exempt by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from policy.core.parsing.addresses import unreachable_reason
from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import DOCKER, ContainerView

_URL_HOST = re.compile(r"\b[a-z][a-z0-9+.-]{1,15}://(?:[^\s/@\"',;]*@)?(\[[0-9a-f:.]+\]|[\w.-]+)", re.IGNORECASE)
_BARE_HOST = re.compile(r"(?:^|,)\s*(\[[0-9a-f:.]+\]|[\w.-]+)(?::\d+)?(?=\s*(?:,|/|$))", re.IGNORECASE)
_ENDPOINT = ("_ENDPOINT", "_ENDPOINTS")


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    if (container.network_mode or "").startswith("container:"):
        return  # It shares another container's network, so localhost may be intended.
    for host, address in container.extra_hosts:
        if reason := unreachable_reason(address):
            yield Finding("extra_hosts", f"extra_hosts maps {host} to {address}, which {reason}")
    for name, value in container.env:
        if any(fnmatchcase(name.upper(), pattern) for pattern in settings["ignored"]):
            continue
        for host in dict.fromkeys(_hosts(name, value)):
            if reason := unreachable_reason(host):
                yield Finding("env", f"env {name} points at {host}, which {reason}")


def _hosts(name: str, value: str) -> Iterator[str]:
    """Hosts of the URLs in a value, and of a bare `host:port` if the variable's name marks an endpoint."""
    if "://" in value:
        yield from _URL_HOST.findall(value)
    elif name.upper().endswith(_ENDPOINT):
        yield from _BARE_HOST.findall(value)


RULE = ContainerRule(
    id="G13",
    name="address-reachable",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="Endpoints of a container are never localhost, 0.0.0.0 or Docker's default bridge.",
    remedy="list the group under peers, and use its entry in the address book",
    elsewhere="use the container's name on the same network, or the LAN address of its machine",
    defaults={"ignored": ("*HEALTH*", "*LISTEN*", "*BIND*", "*ORIGIN*")},
    targets=(DOCKER,),
    reads=("extra_hosts", "env", "network_mode"),
    each=("extra_hosts", "env"),
    check=_check,
)
