"""F03: what comes in from outside is encrypted, for a host that is named, and past no filter of the proxy.

A plain listener of a gateway beside an encrypted one is taken for what sends browsers on to it.
"""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import Finding, Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.kubernetes import EntryView

_SNIPPETS = "-snippet"


def _check(entry: EntryView, settings: Settings) -> Iterator[Finding]:
    for host in entry.hosts:
        if not host:
            yield Finding(entry.subject, "hosts", "hosts names none, so it answers for every name that leads there")
        elif host.startswith("*"):
            problem = f'hosts holds "{host}", so it answers for names that nobody has thought of'
            yield Finding(entry.subject, "hosts", problem)
    if entry.kind in ("Ingress", "Gateway") and not entry.encrypted:
        yield Finding(
            entry.subject, "encrypted", "encrypted is false, so whoever is on the way reads and changes it", _TLS
        )
    elif entry.kind == "Ingress":
        for host in entry.hosts:
            if host and not any(_covers(given, host) for given in entry.tls_hosts):
                problem = f'tls_hosts lacks "{host}", so that one is served with a wrong certificate, or in the clear'
                yield Finding(entry.subject, "tls_hosts", problem, _TLS)
    for name in entry.annotations:
        if name.endswith(_SNIPPETS):
            problem = f'annotations holds "{name}", which writes into the proxy\'s configuration, for all who use it'
            yield Finding(entry.subject, "annotations", problem, "drop it; use what the proxy has an annotation for")


_TLS = "add tls with the hosts and a certificate, such as cert-manager's"


def _covers(given: str, host: str) -> bool:
    return given == host or (given.startswith("*.") and host.partition(".")[2] == given[2:])


RULE = ResourceRule(
    id="F03",
    name="encrypted-entry",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="An ingress, a gateway and its routes name their hosts, are encrypted, and carry no snippets.",
    remedy="name the host",
    sources=(
        "CKV_K8S_152", "CKV_K8S_153", "CKV_K8S_154", "KCV-0093", "Kyverno require-ingress-https",
        "Kyverno ingress-host-match-tls", "Kyverno restrict-ingress-wildcard",
    ),
    resources=(
        ResourceCheck(of="entries", reads=("hosts", "encrypted", "tls_hosts", "annotations"), check=_check),
    ),
)  # fmt: skip
