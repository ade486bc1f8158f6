"""Documents of a chart: an object with the conditions under which it is rendered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from components.kubernetes.charts.nodes import NAMESPACE_MARK, Expression, Only, template
from components.kubernetes.manifests.base import NAMESPACE_NAME_LABEL, Manifest
from components.objects import Object
from fleet.plan.deployment import Deployment

_KEPT = {"v1/Namespace", "v1/PersistentVolumeClaim"}
"""Kinds that hold data, which Helm keeps on uninstall, as Pulumi does.

They also stay while a tenant is disabled: Helm cannot roll back to a release with an object that the current release
lacks and the cluster has.
"""

_LABELS = {
    "app.kubernetes.io/managed-by": Expression("$.Release.Service"),
    "app.kubernetes.io/instance": Expression("$.Release.Name | quote"),
    "helm.sh/chart": Expression('include "fleet.chart" $ | quote'),
}


@dataclass(slots=True)
class Document:
    """One object of a chart; `before` is template text that it needs, such as variables."""

    object: Object
    conditions: list[str] = field(default_factory=list)
    before: str = ""

    def text(self) -> str:
        """The document as template text."""
        body = f"{self.before}---\n{template(self.object)}"
        return f"{{{{- if {both(self.conditions)} }}}}\n{body}{{{{- end }}}}\n" if self.conditions else body


class Tenants:
    """The tenants of groups and namespaces, and the conditions that check whether one is enabled."""

    def __init__(self, deployment: Deployment) -> None:
        self._by_namespace = {n.name: n.tenant for n in deployment.namespaces if n.tenant}
        self._by_group = {group.name: group.tenant for group in deployment.groups}

    def of_group(self, group: str) -> list[str]:
        """Conditions of a group."""
        return _enabled(self._by_group[group])

    def of_namespace(self, namespace: str) -> list[str]:
        """Conditions of objects in a namespace."""
        return _enabled(self._by_namespace.get(namespace))

    def of_any(self, groups: Sequence[str]) -> list[str]:
        """Conditions under which at least one of several groups is rendered."""
        tenants = sorted({self._by_group[group] or "" for group in groups})
        return [] if not tenants or "" in tenants else [either([_enabled(tenant)[0] for tenant in tenants])]


def document(manifest: Manifest, tenants: Tenants) -> Document:
    """A manifest with Helm's labels, under the conditions of its tenant unless it holds data."""
    body: Object = deepcopy(dict(manifest.object))
    about = body["metadata"]
    about["labels"] = {**about.get("labels", {}), **_LABELS}
    if manifest.kind in _KEPT:
        about["annotations"] = {**about.get("annotations", {}), "helm.sh/resource-policy": "keep"}
    namespace = about["name"] if manifest.kind == "v1/Namespace" else about.get("namespace", "")
    if body["kind"] == "NetworkPolicy":
        _drop_absent_peers(body["spec"], namespace, tenants)
    return Document(body, [] if manifest.kind in _KEPT else tenants.of_namespace(namespace))


def both(conditions: Sequence[str]) -> str:
    """The conjunction of conditions."""
    return conditions[0] if len(conditions) == 1 else f"and {' '.join(f'({one})' for one in conditions)}"


def either(conditions: Sequence[str]) -> str:
    """The disjunction of conditions."""
    return conditions[0] if len(conditions) == 1 else f"or {' '.join(f'({one})' for one in conditions)}"


def _enabled(tenant: str | None) -> list[str]:
    return [f'(index $.Values.tenants "{tenant}").enabled'] if tenant else []


def _drop_absent_peers(spec: Object, namespace: str, tenants: Tenants) -> None:
    """Removes the peers of disabled tenants.

    A rule without peers allows everybody, so it is removed with its last peer, and so is an empty list of rules.
    """
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        rules = [_rule(rule, peers, namespace, tenants) for rule in spec.get(direction, ())]
        if rules:
            spec[direction] = _only_with_any(rules, rules)


def _rule(rule: Mapping[str, Any], key: str, namespace: str, tenants: Tenants) -> Any:
    peers = [_peer(peer, namespace, tenants) for peer in rule.get(key, ())]
    return _only_with_any(peers, {**rule, key: peers}) if peers else rule


def _only_with_any(items: Sequence[Any], value: Any) -> Any:
    """A value, only under the conditions of its items if all of them have one."""
    conditions = list(dict.fromkeys(item.condition for item in items if isinstance(item, Only)))
    return Only(either(conditions), value) if all(isinstance(item, Only) for item in items) else value


def _peer(peer: Mapping[str, Any], namespace: str, tenants: Tenants) -> Any:
    theirs = peer.get("namespaceSelector", {}).get("matchLabels", {}).get(NAMESPACE_NAME_LABEL, "")
    conditions = tenants.of_namespace(theirs) if theirs.startswith(NAMESPACE_MARK) and theirs != namespace else []
    return Only(both(conditions), peer) if conditions else peer
