"""Readers: provider properties to views, by type of resource."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from policy.readers import cloudrun
from policy.readers import kubernetes_networking as networking
from policy.readers import kubernetes_objects as objects
from policy.readers.docker import docker_container
from policy.readers.kubernetes import pod
from policy.readers.surroundings import IMAGES, docker_network, docker_volume, image
from policy.readers.values import Properties

KUBERNETES_PACKAGE = "kubernetes:"

Reader = Callable[[Properties, str, str], Any]
"""(provider properties in camelCase, logical name, kind) -> the view; the caller sets URN, host and unknown fields."""

_PODS = ("pods", pod)
_ENTRIES = ("entries", networking.route)
_OTHERS = ("other_objects", objects.any_object)

OBJECTS: Mapping[str, tuple[str, Reader]] = {
    **dict.fromkeys(("core:Pod", "core:ReplicationController"), _PODS),
    **dict.fromkeys(("apps:Deployment", "apps:StatefulSet", "apps:DaemonSet", "apps:ReplicaSet"), _PODS),
    **dict.fromkeys(("extensions:Deployment", "extensions:DaemonSet", "extensions:ReplicaSet"), _PODS),
    **dict.fromkeys(("batch:Job", "batch:CronJob", "keda.sh:ScaledJob", "argoproj.io:Rollout"), _PODS),
    "core:Service": ("services", networking.service),
    "networking.k8s.io:NetworkPolicy": ("network_policies", networking.network_policy),
    **dict.fromkeys(("networking.k8s.io:Ingress", "extensions:Ingress"), ("entries", networking.ingress)),
    "gateway.networking.k8s.io:Gateway": ("entries", networking.gateway),
    **{f"gateway.networking.k8s.io:{kind}Route": _ENTRIES for kind in ("HTTP", "GRPC", "TLS")},
    **dict.fromkeys(("autoscaling:HorizontalPodAutoscaler", "keda.sh:ScaledObject"), ("scalers", objects.scaler)),
    "policy:PodDisruptionBudget": ("disruption_budgets", objects.disruption_budget),
    "core:Namespace": ("namespaces", objects.any_object),
    **dict.fromkeys(("core:ResourceQuota", "core:LimitRange"), ("quotas", objects.any_object)),
    "core:ServiceAccount": ("accounts", objects.account),
    **{f"rbac.authorization.k8s.io:{kind}": ("roles", objects.role) for kind in ("Role", "ClusterRole")},
    **{
        f"rbac.authorization.k8s.io:{kind}": ("bindings", objects.binding)
        for kind in ("RoleBinding", "ClusterRoleBinding")
    },
    "core:ConfigMap": ("config_maps", objects.config_map),
    "velero.io:Schedule": ("schedules", objects.schedule),
    "core:PersistentVolumeClaim": ("volumes", objects.claim),
    **dict.fromkeys(("core:Secret", "scheduling.k8s.io:PriorityClass", "discovery.k8s.io:EndpointSlice"), _OTHERS),
}
"""API group and kind of a Kubernetes object -> the collection of StackView it belongs to, and its reader."""


CLOUD_OBJECTS: Mapping[str, tuple[str, str, Reader]] = {
    **{token: ("runs", kind, cloudrun.run) for token, kind in cloudrun.RUNS.items()},
    **{token: ("run_grants", kind, cloudrun.grant) for token, kind in cloudrun.GRANTS.items()},
    "gcp:storage/bucket:Bucket": ("volumes", "Bucket", cloudrun.bucket),
    "gcp:sql/databaseInstance:DatabaseInstance": ("volumes", "DatabaseInstance", cloudrun.database),
}
"""Type token of Google's provider -> (collection, kind, reader)."""


DOCKER_OBJECTS: Mapping[str, tuple[str, str, Reader]] = {
    "docker:index/container:Container": ("containers", "Container", docker_container),
    "docker:index/network:Network": ("networks", "Network", docker_network),
    "docker:index/volume:Volume": ("volumes", "Volume", docker_volume),
    **dict.fromkeys(IMAGES, ("images", "Image", image)),
}
"""Type token of Docker's providers -> (collection, kind, reader)."""


@lru_cache(maxsize=1024)
def reader_of(type_token: str) -> tuple[str, str, Reader] | None:
    """(collection, kind, reader) of a type of resource; of Kubernetes in any version. None if no rule reads it."""
    if not type_token.startswith(KUBERNETES_PACKAGE):
        return DOCKER_OBJECTS.get(type_token) or CLOUD_OBJECTS.get(type_token)
    module, _, kind = type_token.removeprefix(KUBERNETES_PACKAGE).rpartition(":")
    found = OBJECTS.get(f"{module.partition('/')[0]}:{kind}")
    return (found[0], kind, found[1]) if found else None
