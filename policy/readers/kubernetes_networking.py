"""Services, network policies, ingresses, gateways and routes to their views."""

from __future__ import annotations

from collections.abc import Iterator

from policy.readers.kubernetes_metadata import metadata, selector, texts_of
from policy.readers.values import Properties
from policy.views.kubernetes import Allowance, EntryView, NetworkPolicyView, ServicePort, ServiceView


def service(given: Properties, subject: str, kind: str) -> ServiceView:
    """A core/v1 Service."""
    spec = _spec(given, "type", "selector", "ports", "external_ips")
    return ServiceView(
        **metadata(given, subject, kind),
        type=spec.text("type", "type") or "ClusterIP",
        selector=texts_of(spec, "selector", "selector"),
        ports=tuple(_service_ports(spec)),
        external_ips=tuple(spec.texts("externalIPs", "external_ips")),
    )


def network_policy(given: Properties, subject: str, kind: str) -> NetworkPolicyView:
    """A networking.k8s.io NetworkPolicy. By default it covers ingress, and egress if it has egress rules."""
    spec = _spec(given, "selector", "ingress", "egress")
    types = spec.texts("policyTypes", "ingress") or ["Ingress", *(["Egress"] if spec.has("egress") else [])]
    return NetworkPolicyView(
        **metadata(given, subject, kind),
        selector=selector(spec.nested("podSelector", "selector"), "selector"),
        ingress=tuple(_allowances(spec, "ingress", "from")) if "Ingress" in types else None,
        egress=tuple(_allowances(spec, "egress", "to")) if "Egress" in types else None,
    )


def ingress(given: Properties, subject: str, kind: str) -> EntryView:
    """A networking.k8s.io Ingress; a rule without a host has the empty host."""
    spec = _spec(given, "hosts", "tls_hosts", "encrypted", "backends")
    tls = list(spec.entries("tls", "tls_hosts"))
    backends = [spec.nested("defaultBackend", "backends")]
    for rule in spec.entries("rules", "backends"):
        backends += [
            path.nested("backend", "backends") for path in rule.nested("http", "backends").entries("paths", "backends")
        ]
    names = [backend.nested("service", "backends").text("name", "backends") for backend in backends]
    hosts = [rule.text("host", "hosts") or "" for rule in spec.entries("rules", "hosts")]
    return EntryView(
        **metadata(given, subject, kind),
        hosts=tuple([*hosts, *([""] if spec.has("defaultBackend") else [])]),
        tls_hosts=tuple(host for entry in tls for host in entry.texts("hosts", "tls_hosts")),
        encrypted=bool(tls),
        backends=tuple(("", name) for name in names if name),
    )


def route(given: Properties, subject: str, kind: str) -> EntryView:
    """A route of the Gateway API: HTTPRoute, GRPCRoute, TLSRoute."""
    spec = _spec(given, "hosts", "backends")
    return EntryView(
        **metadata(given, subject, kind),
        hosts=tuple(spec.texts("hostnames", "hosts")) or ("",),
        backends=tuple(_route_backends(spec)),
    )


def gateway(given: Properties, subject: str, kind: str) -> EntryView:
    """A Gateway of the Gateway API. A listener without a host takes the hosts of its routes.

    A plain listener next to an encrypted one is assumed to redirect to it.
    """
    listeners = list(_spec(given, "hosts", "encrypted").entries("listeners", "encrypted"))
    return EntryView(
        **metadata(given, subject, kind),
        hosts=tuple(host for entry in listeners if (host := entry.text("hostname", "hosts"))),
        encrypted=any(entry.text("protocol", "encrypted") in ("HTTPS", "TLS") for entry in listeners),
    )


def _spec(given: Properties, *fields: str) -> Properties:
    """The spec; if it is unknown as a whole, so are these fields."""
    spec = given.nested("spec", "spec")
    if "spec" in given.unknown:
        given.unknown.update(fields)
    return spec


def _service_ports(spec: Properties) -> Iterator[ServicePort]:
    for entry in spec.entries("ports", "ports"):
        number = entry.whole("port", "ports") or 0
        yield ServicePort(number, entry.text("targetPort", "ports") or str(number), entry.text("name", "ports") or "")


def _allowances(spec: Properties, key: str, peers: str) -> Iterator[Allowance]:
    for entry in spec.entries(key, key):
        who = list(entry.entries(peers, key))
        ports = [
            ((port.text("protocol", key) or "TCP").upper(), port.text("port", key) or "")
            for port in entry.entries("ports", key)
        ]
        anybody = not entry.has(peers) or entry.raw(peers, key) == [] or any(_is_anybody(peer, key) for peer in who)
        yield Allowance(anybody, tuple(ports))


def _is_anybody(peer: Properties, field: str) -> bool:
    block = peer.nested("ipBlock", field)
    return block.text("cidr", field) in ("0.0.0.0/0", "::/0") and not block.items("except", field)


def _route_backends(spec: Properties) -> Iterator[tuple[str, str]]:
    for rule in spec.entries("rules", "backends"):
        for backend in rule.entries("backendRefs", "backends"):
            if (backend.text("kind", "backends") or "Service") == "Service" and (
                name := backend.text("name", "backends")
            ):
                yield backend.text("namespace", "backends") or "", name
