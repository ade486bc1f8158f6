"""What a deployment needs of a cluster: secrets, custom kinds, controllers, classes and devices. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from components.kubernetes.manifests.base import Manifest

_ISSUER = "cert-manager.io/cluster-issuer"
_BROUGHT_BY = {
    "gateway.networking.k8s.io": "the Gateway API with a controller",
    "keda.sh": "KEDA",
    "monitoring.coreos.com": "the Prometheus operator",
}
"""API group -> what installs its kinds."""

_CLASSES = {
    "ingressClassName": "an ingress controller of the class",
    "gatewayClassName": "the gateway class",
    "storageClassName": "the storage class",
}
"""Field with a class -> description of the class."""


def secrets(manifests: Iterable[Manifest]) -> Mapping[str, tuple[str, ...]]:
    """Namespace -> names of the secrets its pods read; each holds its value under the key `value`."""
    read: dict[str, set[str]] = {}
    for manifest in manifests:
        pod = manifest.object.get("spec", {}).get("template", {}).get("spec", {})
        sources = (s for volume in pod.get("volumes", ()) for s in volume.get("projected", {}).get("sources", ()))
        names = {source["secret"]["name"] for source in sources if "secret" in source}
        for container in pod.get("containers", ()):
            origins = (variable.get("valueFrom", {}) for variable in container.get("env", ()))
            names |= {origin["secretKeyRef"]["name"] for origin in origins if "secretKeyRef" in origin}
        if names:
            read.setdefault(manifest.object["metadata"]["namespace"], set()).update(names)
    return {namespace: tuple(sorted(names)) for namespace, names in sorted(read.items())}


def logins(manifests: Iterable[Manifest]) -> Mapping[str, tuple[str, ...]]:
    """Namespace -> names of the secrets with which nodes pull its pods' images."""
    read: dict[str, set[str]] = {}
    for manifest in manifests:
        pod = manifest.object.get("spec", {}).get("template", {}).get("spec", {})
        if names := {secret["name"] for secret in pod.get("imagePullSecrets", ())}:
            read.setdefault(manifest.object["metadata"]["namespace"], set()).update(names)
    return {namespace: tuple(sorted(names)) for namespace, names in sorted(read.items())}


def installed(manifests: Iterable[Manifest]) -> tuple[str, ...]:
    """What must be installed in the cluster: custom kinds, controllers, classes and devices."""
    every = list(manifests)
    groups = {manifest.kind.split("/")[0] for manifest in every}
    issuers = {manifest.object["metadata"].get("annotations", {}).get(_ISSUER) for manifest in every}
    specs = [manifest.object.get("spec", {}) for manifest in every]
    pods = [spec.get("template", {}).get("spec", {}) for spec in specs]
    limits = {
        name
        for pod in pods
        for c in (*pod.get("containers", ()), *pod.get("initContainers", ()))
        for name in c["resources"]["limits"]
    }
    return (
        *(who for group, who in _BROUGHT_BY.items() if group in groups),
        *(
            f"{what} {name}"
            for field, what in _CLASSES.items()
            for name in sorted({s[field] for s in specs if field in s})
        ),
        *(f"cert-manager with the cluster issuer {issuer}" for issuer in sorted(issuers - {None})),
        # An extended resource has its vendor's prefix.
        *(f"nodes that offer {name}" for name in sorted(limits) if "/" in name),
    )
