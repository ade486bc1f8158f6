"""Documents of a chart: an object, the conditions under which it is there, and what Helm has to know of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from components.kubernetes.charts.nodes import NAMESPACE_MARK, Expression, Only, template
from components.kubernetes.manifests.base import NAMESPACE_NAME_LABEL, Manifest, Object
from fleet.plan.deployment import Deployment

_KEPT = {"v1/Namespace", "v1/PersistentVolumeClaim"}
"""Kinds that hold data: Helm leaves them when a release goes, as Pulumi does.

They stay while a tenant is off, too: Helm does not roll back to a release with an object that the current one lacks and
the cluster has.
"""

_LABELS = {
    "app.kubernetes.io/managed-by": Expression("$.Release.Service"),
    "app.kubernetes.io/instance": Expression("$.Release.Name | quote"),
    "helm.sh/chart": Expression('include "fleet.chart" $ | quote'),
}
_PEERS = {"ingress": "from", "egress": "to"}


@dataclass(slots=True)
class Document:
    """One object of a chart; `before` is template text that it needs, such as variables."""

    object: Object
    conditions: list[str] = field(default_factory=list)
    before: str = ""

    def text(self) -> str:
        """The document as template text."""
        head = f"{both(self.conditions)}" if self.conditions else ""
        start = f"{{{{- if {head} }}}}\n" if head else ""
        end = "{{- end }}\n" if head else ""
        return f"{start}{self.before}---\n{template(self.object)}{end}"


class Tenants:
    """Whose namespaces are whose, and what asks whether a tenant is on."""

    def __init__(self, deployment: Deployment) -> None:
        self._by_namespace = {n.name: n.tenant for n in deployment.namespaces if n.tenant}
        self._by_group = {group.name: group.tenant for group in deployment.groups}

    def of_group(self, group: str) -> list[str]:
        """Conditions under which a group is there."""
        return self._is_on(self._by_group[group])

    def of_namespace(self, namespace: str) -> list[str]:
        """Conditions under which what is in a namespace is there."""
        return self._is_on(self._by_namespace.get(namespace))

    def of_any(self, groups: Sequence[str]) -> list[str]:
        """Conditions under which one of some groups is there at least."""
        tenants = sorted({self._by_group[group] or "" for group in groups})
        return [] if not tenants or "" in tenants else [either([_asks(tenant) for tenant in tenants])]

    def _is_on(self, tenant: str | None) -> list[str]:
        return [_asks(tenant)] if tenant else []


def document(manifest: Manifest, tenants: Tenants) -> Document:
    """A manifest of a render whose namespace is marked: labelled, and kept where it holds data, else its tenant's."""
    body: Object = deepcopy(dict(manifest.object))
    about = body["metadata"]
    about["labels"] = {**about.get("labels", {}), **_LABELS}
    if manifest.kind in _KEPT:
        about["annotations"] = {**about.get("annotations", {}), "helm.sh/resource-policy": "keep"}
    namespace = about["name"] if manifest.kind == "v1/Namespace" else about.get("namespace", "")
    if body["kind"] == "NetworkPolicy":
        _drop_absent_peers(body, namespace, tenants)
    return Document(body, [] if manifest.kind in _KEPT else tenants.of_namespace(namespace))


def both(conditions: Sequence[str]) -> str:
    """All of some conditions."""
    return conditions[0] if len(conditions) == 1 else f"and {' '.join(f'({one})' for one in conditions)}"


def either(conditions: Sequence[str]) -> str:
    """One of some conditions at least."""
    return conditions[0] if len(conditions) == 1 else f"or {' '.join(f'({one})' for one in conditions)}"


def _asks(tenant: str) -> str:
    return f'(index $.Values.tenants "{tenant}").enabled'


def _drop_absent_peers(policy: Object, namespace: str, tenants: Tenants) -> None:
    """A policy names the pods of a tenant only while it is on.

    A rule without a peer would let everybody in: it goes with the last of them, and so does an empty list of rules.
    """
    spec = policy["spec"]
    for direction, peers in _PEERS.items():
        rules = [_rule(rule, peers, namespace, tenants) for rule in spec.get(direction, ())]
        if rules and all(isinstance(rule, Only) for rule in rules):
            spec[direction] = Only(either(list(dict.fromkeys(rule.condition for rule in rules))), rules)
        elif rules:
            spec[direction] = rules


def _rule(rule: Mapping[str, Any], peers: str, namespace: str, tenants: Tenants) -> Any:
    found = [_peer(peer, namespace, tenants) for peer in rule.get(peers, ())]
    changed = {**rule, **({peers: found} if found else {})}
    if found and all(isinstance(peer, Only) for peer in found):
        return Only(either(list(dict.fromkeys(peer.condition for peer in found))), changed)
    return changed


def _peer(peer: Mapping[str, Any], namespace: str, tenants: Tenants) -> Any:
    theirs = peer.get("namespaceSelector", {}).get("matchLabels", {}).get(NAMESPACE_NAME_LABEL, "")
    conditions = tenants.of_namespace(theirs) if theirs.startswith(NAMESPACE_MARK) and theirs != namespace else []
    return Only(both(conditions), peer) if conditions else peer
