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

_CLASSES = {
    "ingressClassName": "an ingress controller of the class",
    "gatewayClassName": "the gateway class",
    "storageClassName": "the storage class",
}
"""Field that names a class -> what it is."""


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
    """What has to be installed in the cluster: kinds of others, controllers, classes and devices."""
    every = list(manifests)
    groups = {manifest.kind.split("/")[0] for manifest in every}
    issuers = {manifest.object["metadata"].get("annotations", {}).get(_ISSUER) for manifest in every}
    specs = [manifest.object.get("spec", {}) for manifest in every]
    return (
        *(who for group, who in _BROUGHT_BY.items() if group in groups),
        *(
            f"{what} {name}"
            for field, what in _CLASSES.items()
            for name in sorted({s[field] for s in specs if field in s})
        ),
        *(f"cert-manager with the cluster issuer {issuer}" for issuer in sorted(issuers - {None})),
        *(f"nodes that offer {device}" for device in sorted({d for spec in specs for d in _devices(spec)})),
    )


def _devices(spec: Mapping[str, Any]) -> Iterator[str]:
    """Devices that pods of a workload ask for: whatever is named after its vendor."""
    for container in spec.get("template", {}).get("spec", {}).get("containers", ()):
        yield from (name for name in container["resources"]["limits"] if "/" in name)


def _mounted(volumes: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for volume in volumes:
        for source in volume.get("projected", {}).get("sources", ()):
            if "secret" in source:
                yield source["secret"]["name"]
