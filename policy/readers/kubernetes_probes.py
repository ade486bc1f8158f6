"""Probes and hooks of a container in a pod or on Cloud Run."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy.readers.values import Properties
from policy.views.container import Probe

_KINDS = ("liveness", "readiness", "startup")
_PERIOD_S, _FAILURES = 10, 3
"""Defaults of both targets."""

_SLEEP = re.compile(r"(?:^|[\s;&/])sleep\s+(\d{1,5})\b")


def probes(given: Properties, *, with_delay: bool) -> Iterator[Probe]:
    """The probes that are given; with_delay: their patience includes the initial delay."""
    for kind in _KINDS:
        probe = given.nested(f"{kind}Probe", "probes")
        if probe.names():
            handler, port = _handler(probe)
            period = probe.whole("periodSeconds", "probes") or _PERIOD_S
            failures = probe.whole("failureThreshold", "probes") or _FAILURES
            delay = probe.whole("initialDelaySeconds", "probes") or 0 if with_delay else 0
            yield Probe(kind, handler, port, delay + period * failures)


def _handler(probe: Properties) -> tuple[str, str]:
    """(what it asks, port)."""
    command = probe.nested("exec", "probes").texts("command", "probes")
    if command:
        return " ".join(command), ""
    for key in ("httpGet", "tcpSocket", "grpc"):
        asked = probe.nested(key, "probes")
        if asked.names():
            port = asked.text("port", "probes") or ""
            what = asked.text("path", "probes") or asked.text("service", "probes") or ""
            return f"{key} {port} {what}".strip(), port
    return "", ""


def _handlers(given: Properties, field: str) -> Iterator[tuple[str, Properties]]:
    """(name, handler) of every probe and hook."""
    hooks = given.nested("lifecycle", field)
    places = [(f"{kind}Probe", given) for kind in _KINDS] + [("postStart", hooks), ("preStop", hooks)]
    return ((name, holder.nested(name, field)) for name, holder in places)


def check_commands(given: Properties) -> Iterator[tuple[str, ...]]:
    """Commands and request paths of probes and hooks."""
    for _, handler in _handlers(given, "check_commands"):
        path = handler.nested("httpGet", "check_commands").text("path", "check_commands")
        command = tuple(handler.nested("exec", "check_commands").texts("command", "check_commands"))
        yield from filter(None, (command, (path,) if path else ()))


def check_headers(given: Properties) -> Iterator[tuple[str, str]]:
    """Headers that probes and hooks send."""
    for _, handler in _handlers(given, "check_headers"):
        for header in handler.nested("httpGet", "check_headers").entries("httpHeaders", "check_headers"):
            yield header.text("name", "check_headers") or "", header.text("value", "check_headers") or ""


def probe_hosts(given: Properties) -> Iterator[tuple[str, str]]:
    """Probes and hooks that name a host."""
    for name, handler in _handlers(given, "probe_hosts"):
        for key in ("httpGet", "tcpSocket"):
            if host := handler.nested(key, "probe_hosts").text("host", "probe_hosts"):
                yield name, host


def drain_s(given: Properties) -> int:
    """Seconds that the preStop hook sleeps; the duration of its other commands is unknown."""
    hook = given.nested("lifecycle", "drain_s").nested("preStop", "drain_s")
    if seconds := hook.nested("sleep", "drain_s").whole("seconds", "drain_s"):
        return max(0, seconds)
    command = " ".join(hook.nested("exec", "drain_s").texts("command", "drain_s"))
    return sum(int(found) for found in _SLEEP.findall(command))
