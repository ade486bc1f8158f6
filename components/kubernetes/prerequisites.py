"""What a deployment needs of a cluster: secrets, custom kinds, controllers, classes and devices. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from components.kubernetes.manifests.base import Manifest
from components.objects import Object

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
    return _by_namespace(manifests, _secrets)


def logins(manifests: Iterable[Manifest]) -> Mapping[str, tuple[str, ...]]:
    """Namespace -> names of the secrets with which nodes pull its pods' images."""
    return _by_namespace(manifests, lambda pod: (secret["name"] for secret in pod.get("imagePullSecrets", ())))


def _secrets(pod: Object) -> Iterator[str]:
    for volume in pod.get("volumes", ()):
        yield from (s["secret"]["name"] for s in volume.get("projected", {}).get("sources", ()) if "secret" in s)
    for container in (*pod.get("containers", ()), *pod.get("initContainers", ())):
        origins = (variable.get("valueFrom", {}) for variable in container.get("env", ()))
        yield from (origin["secretKeyRef"]["name"] for origin in origins if "secretKeyRef" in origin)


def _by_namespace(
    manifests: Iterable[Manifest], names_in: Callable[[Object], Iterable[str]]
) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for manifest in manifests:
        pod = manifest.object.get("spec", {}).get("template", {}).get("spec", {})
        if names := set(names_in(pod)):
            found.setdefault(manifest.object["metadata"]["namespace"], set()).update(names)
    return {namespace: tuple(sorted(names)) for namespace, names in sorted(found.items())}


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
