"""F09: a Docker daemon is reached over SSH, TLS or a local socket."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from fleet.source.redaction import shown
from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.stack import StackView

_OPEN_PORT = 2375
_OVER_NETWORK = ("tcp", "http")


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    for provider in stack.providers:
        if provider.package != "docker" or provider.host is None:
            continue
        why = "anyone who can connect is root on that host"
        scheme, port = _parts(provider.host)
        if port == _OPEN_PORT:
            problem = f"host is {shown(provider.host)}, the unauthenticated port of a daemon; {why}"
            yield Finding("host", problem, of=provider)
        elif scheme in _OVER_NETWORK and not provider.tls:
            yield Finding("host", f"host is {shown(provider.host)} without certificates; {why}", of=provider)


def _parts(host: str) -> tuple[str, int | None]:
    scheme = host.partition("://")[0].lower()
    try:
        return scheme, urlsplit(host).port
    except ValueError:
        return scheme, None


RULE = StackRule(
    id="F09",
    name="daemon-encrypted",
    level=Level.MANDATORY,
    severity=Severity.CRITICAL,
    summary="A Docker daemon is reached over SSH, TLS or a local socket, never over plain TCP.",
    remedy="set machine.connection to ssh://user@address (elsewhere: set certificates and port 2376 on the provider)",
    sources=("CIS Docker 2.7", "CIS Docker 5.14"),
    reads=("providers.host",),
    check=_check,
)
