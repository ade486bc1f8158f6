"""F03: external traffic is encrypted, for named hosts, without configuration snippets.

A plain listener of a gateway next to an encrypted one is assumed to redirect to it.
"""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import Finding, Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.kubernetes import EntryView

_SNIPPETS = "-snippet"


def _check(entry: EntryView, settings: Settings) -> Iterator[Finding]:
    for host in entry.hosts:
        if not host:
            yield Finding("hosts", "hosts is empty, so it answers for every host name")
        elif host.startswith("*"):
            yield Finding("hosts", f'hosts holds "{host}", so it answers for unintended host names')
    if entry.kind in ("Ingress", "Gateway") and not entry.encrypted:
        yield Finding("encrypted", "encrypted is false, so anyone on the path can read and change traffic", _TLS)
    elif entry.kind == "Ingress":
        for host in entry.hosts:
            if host and not any(_covers(given, host) for given in entry.tls_hosts):
                problem = f'tls_hosts lacks "{host}", so it is served with the wrong certificate, or unencrypted'
                yield Finding("tls_hosts", problem, _TLS)
    for name in entry.annotations:
        if name.endswith(_SNIPPETS):
            problem = f'annotations holds "{name}", which injects configuration into a proxy that others share'
            yield Finding("annotations", problem, "remove it; use an annotation that the proxy defines")


_TLS = "add tls with the hosts and a certificate, for example from cert-manager"


def _covers(given: str, host: str) -> bool:
    return given == host or (given.startswith("*.") and host.partition(".")[2] == given[2:])


RULE = ResourceRule(
    id="F03",
    name="encrypted-entry",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="Ingresses, gateways and routes name their hosts, are encrypted, and use no snippets.",
    remedy="name the host",
    sources=(
        "CKV_K8S_152", "CKV_K8S_153", "CKV_K8S_154", "KCV-0093", "Kyverno require-ingress-https",
        "Kyverno ingress-host-match-tls", "Kyverno restrict-ingress-wildcard",
    ),
    resources=(
        ResourceCheck(of="entries", reads=("hosts", "encrypted", "tls_hosts", "annotations"), check=_check),
    ),
)  # fmt: skip
