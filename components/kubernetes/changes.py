"""Which fields of a Kubernetes object cannot change while it exists, as its provider decides. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

_NAME = ("metadata.name", "metadata.namespace", "apiVersion", "kind")
_IMMUTABLE: Mapping[str, tuple[str, ...]] = {
    "ConfigMap": ("data", "binaryData"),
    "Secret": ("type", "data", "stringData"),
    "PersistentVolumeClaim": ("spec",),
    "Service": ("spec.clusterIP",),
    "ResourceQuota": ("spec.scopes",),
    "Deployment": ("spec.selector",),
    "DaemonSet": ("spec.selector",),
    "StatefulSet": (
        "spec.selector",
        "spec.serviceName",
        "spec.volumeClaimTemplates",
        "spec.podManagementPolicy",
        "spec.revisionHistoryLimit",
    ),
    "Job": ("spec.selector", "spec.template", "spec.completions", "spec.parallelism"),
    "RoleBinding": ("roleRef",),
    "ClusterRoleBinding": ("roleRef",),
    "StorageClass": ("parameters", "provisioner"),
}
"""Kind -> paths, with all that is below them; what the provider marks as forcing a new object."""

_ROLLED = ("Deployment", "StatefulSet", "DaemonSet")


def replacing(type_: str, fields: Iterable[str]) -> tuple[str, ...]:
    """Those of the changed fields (dotted, camelCase) that replace an object; none means an update."""
    if not type_.startswith("kubernetes:"):
        return ()
    paths = (*_NAME, *_IMMUTABLE.get(type_.rpartition(":")[2], ()))
    return tuple(field for field in fields if any(field == path or field.startswith(f"{path}.") for path in paths))


def rolls_pods(type_: str, fields: Iterable[str]) -> bool:
    """Whether an update of these fields replaces the object's pods."""
    rolled = type_.startswith("kubernetes:apps/") and type_.rpartition(":")[2] in _ROLLED
    return rolled and any(field == "spec.template" or field.startswith("spec.template.") for field in fields)
