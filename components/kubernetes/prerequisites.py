"""What a cluster must have before a deployment's objects work: secrets, and kinds that it learns from others. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from components.kubernetes.manifests.base import Manifest

_ISSUER = "cert-manager.io/cluster-issuer"
_BROUGHT_BY = {
    "gateway.networking.k8s.io": "the Gateway API with a controller",
    "keda.sh": "KEDA",
    "monitoring.coreos.com": "the Prometheus operator",
}
"""API group -> who brings its kinds."""


def secrets(manifests: Iterable[Manifest]) -> Mapping[str, tuple[str, ...]]:
    """Namespace -> the secrets its pods mount, by name; each holds its value under the key `value`."""
    found: dict[str, set[str]] = {}
    for manifest in manifests:
        template = manifest.object.get("spec", {}).get("template", {})
        for name in _mounted(template.get("spec", {}).get("volumes", ())):
            found.setdefault(manifest.object["metadata"]["namespace"], set()).add(name)
    return {namespace: tuple(sorted(names)) for namespace, names in sorted(found.items())}


def create_secret(namespace: str, name: str) -> str:
    """The command that creates a secret from a file that holds its value."""
    return f"kubectl -n {namespace} create secret generic {name} --from-file=value=FILE"


def others(manifests: Iterable[Manifest]) -> tuple[str, ...]:
    """What has to be installed in the cluster: it brings kinds of its own, or signs certificates."""
    every = list(manifests)
    groups = {manifest.kind.split("/")[0] for manifest in every}
    issuers = {m.object["metadata"].get("annotations", {}).get(_ISSUER) for m in every} - {None}
    kinds = [who for group, who in _BROUGHT_BY.items() if group in groups]
    return (*kinds, *(f"cert-manager with the cluster issuer {issuer}" for issuer in sorted(issuers)))


def _mounted(volumes: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for volume in volumes:
        for source in volume.get("projected", {}).get("sources", ()):
            if "secret" in source:
                yield source["secret"]["name"]
