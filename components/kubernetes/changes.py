"""Which changes replace a Kubernetes object, as its provider decides. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

REPLACE_ON: Mapping[str, tuple[str, ...]] = {"Deployment": ("spec.strategy.type",)}
"""Kind -> fields to replace an object for: the server refuses a new strategy, since defaults of the old one stay."""

_NAME = ("metadata.name", "metadata.namespace")
_IMMUTABLE: Mapping[str, tuple[str, ...]] = {
    # Not a ConfigMap's data, which `render_provider` makes mutable.
    "Secret": ("type", "data", "stringData"),
    "PersistentVolumeClaim": ("spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"),
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
"""Kind -> paths, with everything below them, for which the provider forces a new object."""

_ROLLED = ("Deployment", "StatefulSet", "DaemonSet")


def replacing(type_: str, fields: Iterable[str]) -> tuple[str, ...]:
    """The changed fields (dotted, camelCase) that replace an object; none means an update.

    Compared with the engine's previews in `tests/engine/test_cluster_diff.py`.
    """
    if not type_.startswith("kubernetes:"):
        return ()
    kind = type_.rpartition(":")[2]
    paths = (*_NAME, *_IMMUTABLE.get(kind, ()), *REPLACE_ON.get(kind, ()))
    return tuple(field for field in fields if any(field == path or field.startswith(f"{path}.") for path in paths))


def rolls_pods(type_: str, fields: Iterable[str]) -> bool:
    """Whether an update of these fields replaces the object's pods."""
    rolled = type_.startswith("kubernetes:apps/") and type_.rpartition(":")[2] in _ROLLED
    return rolled and any(field == "spec.template" or field.startswith("spec.template.") for field in fields)
