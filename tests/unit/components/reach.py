"""What network policies let through, by the rules of the Kubernetes API: a connection needs both ends' consent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.kubernetes.manifests.base import Manifest

Labels = Mapping[str, str]


@dataclass(frozen=True)
class Pod:
    """A pod as policies see it."""

    namespace: str
    labels: Labels


class Policies:
    """The network policies among some objects, and the namespaces they select by."""

    def __init__(self, manifests: Iterable[Manifest]) -> None:
        objects = [manifest.object for manifest in manifests]
        self._policies = [found for found in objects if found["kind"] == "NetworkPolicy"]
        self._namespaces = {
            found["metadata"]["name"]: {
                **found["metadata"]["labels"],
                "kubernetes.io/metadata.name": found["metadata"]["name"],
            }
            for found in objects
            if found["kind"] == "Namespace"
        }

    def let(self, source: Pod, target: Pod, port: int) -> bool:
        """Whether a pod may open a TCP connection to another's port."""
        out = self._allows(source, "Egress", "egress", "to", target, port)
        return out and self._allows(target, "Ingress", "ingress", "from", source, port)

    def _allows(self, pod: Pod, direction: str, rules: str, side: str, peer: Pod, port: int) -> bool:
        mine = [
            policy["spec"]
            for policy in self._policies
            if policy["metadata"]["namespace"] == pod.namespace
            and direction in policy["spec"]["policyTypes"]
            and _selects(policy["spec"]["podSelector"], pod.labels)
        ]
        # A pod that no policy selects is open; one that some do may do what any of them says.
        return not mine or any(
            self._matches(rule.get(side, ()), peer, pod.namespace) and _has_port(rule.get("ports", ()), port)
            for spec in mine
            for rule in spec.get(rules, ())
        )

    def _matches(self, peers: Sequence[Mapping[str, Any]], pod: Pod, own_namespace: str) -> bool:
        return not peers or any(self._is_one(peer, pod, own_namespace) for peer in peers)

    def _is_one(self, peer: Mapping[str, Any], pod: Pod, own_namespace: str) -> bool:
        if "ipBlock" in peer:
            # No pod has an address of the internet.
            return False
        namespaces = peer.get("namespaceSelector")
        same = pod.namespace == own_namespace if namespaces is None else self._is_in(pod.namespace, namespaces)
        return same and _selects(peer.get("podSelector", {}), pod.labels)

    def _is_in(self, namespace: str, selector: Mapping[str, Any]) -> bool:
        return _selects(selector, self._namespaces.get(namespace, {"kubernetes.io/metadata.name": namespace}))


def _selects(selector: Mapping[str, Any], labels: Labels) -> bool:
    assert set(selector) <= {"matchLabels"}, "only labels are compared here"
    return all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items())


def _has_port(ports: Sequence[Mapping[str, Any]], port: int) -> bool:
    return not ports or any(entry["protocol"] == "TCP" and entry["port"] == port for entry in ports)
