"""The pod template of a group: its main container and its sidecars in one pod, hardened as its plan says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from components.kubernetes.manifests.base import Object, labels
from components.kubernetes.manifests.probes import probes
from components.kubernetes.manifests.volumes import BOOK_FILE, pod_volumes, volume_mounts
from fleet.labels import ADDRESS_BOOK, as_annotations
from fleet.model import Arch, Cluster, Metrics, PoolGpu, Sharing, Track
from fleet.plan.deployment import Deployment, PlannedContainer, PlannedGroup

DEVICE = "nvidia.com/gpu"
SHARED_DEVICE = "nvidia.com/gpu.shared"
DEVICE_MEMORY = "nvidia.com/gpumem"
VELERO = "backup.velero.io/backup-volumes"
"""Annotation that tells Velero which of a pod's volumes to copy, comma separated (its page on file system backup)."""
_BOOK = "FLEET_ADDRESS_BOOK"
_SCRATCH_DISK = {"requests": "100Mi", "limits": "1Gi"}
"""Writable disk of a container: its logs, for the root is read-only."""


def pod_template(
    group: PlannedGroup, deployment: Deployment, cluster: Cluster, track: Track | None, image: str | None
) -> Object:
    """The template; `image` replaces the main container's in a version on trial."""
    return {
        "metadata": {"labels": labels(group, track), "annotations": _annotations(group, deployment, cluster)},
        "spec": {
            "serviceAccountName": group.name,
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "priorityClassName": f"{cluster.namespace}-{group.operation.tier}",
            "securityContext": _pod_security(group),
            "terminationGracePeriodSeconds": max(container.stop_grace_s for container in group.containers),
            **_where(group, cluster),
            "affinity": _apart(group, track),
            "containers": [
                _container(container, deployment, cluster, image if index == 0 else None)
                for index, container in enumerate(group.containers)
            ],
            "volumes": pod_volumes(group, deployment, cluster),
        },
    }


def address_books(group: PlannedGroup) -> dict[str, str]:
    """File name -> the address book of each container that has one; the group's ConfigMap."""
    return {f"{c.key}.json": c.env[_BOOK] for c in group.containers if _BOOK in c.env}


def _annotations(group: PlannedGroup, deployment: Deployment, cluster: Cluster) -> dict[str, str]:
    """What policies judge by, what Prometheus looks for, and what makes pods follow their address book."""
    found: dict[str, str] = {}
    for container in group.containers:
        found |= as_annotations(container.key, container.labels)
    books = address_books(group)
    if books:
        digest = hashlib.sha256("\n".join(f"{name} {book}" for name, book in sorted(books.items())).encode())
        found[ADDRESS_BOOK] = digest.hexdigest()[:16]
    main = group.containers[0]
    if cluster.metrics is Metrics.ANNOTATIONS and main.agents and main.health.http:
        found |= {
            "prometheus.io/scrape": "true",
            "prometheus.io/port": str(main.health.http.port),
            "prometheus.io/path": "/metrics",
        }
    for_velero = [
        key
        for key, volume in deployment.volumes.items()
        if volume.velero and volume.group == group.name and group.name in volume.mounted_by
    ]
    if for_velero:
        found[VELERO] = ",".join(sorted(for_velero))
    return dict(sorted(found.items()))


def _pod_security(group: PlannedGroup) -> Object:
    run_as = group.containers[0].hardening.run_as
    return {
        "runAsNonRoot": True,
        "runAsUser": run_as.uid,
        "runAsGroup": run_as.gid,
        # Volumes and secrets belong to it, or the agents could not write or read them.
        "fsGroup": run_as.gid,
        "fsGroupChangePolicy": "OnRootMismatch",
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def _container(container: PlannedContainer, deployment: Deployment, cluster: Cluster, image: str | None) -> Object:
    reference = image or container.image
    rendered: Object = {
        "name": container.key,
        "image": reference,
        # A digest never changes; a tag may have moved.
        "imagePullPolicy": "IfNotPresent" if "@sha256:" in reference else "Always",
        "env": list(_env(container)),
        "resources": _resources(container, cluster),
        "securityContext": _security(container),
        **probes(container),
        "volumeMounts": volume_mounts(container, deployment),
    }
    if container.command:
        rendered["args"] = list(container.command)
    ports = _ports(container, deployment)
    if ports:
        rendered["ports"] = ports
    return rendered


def _env(container: PlannedContainer) -> Iterator[Object]:
    for name, value in container.env.items():
        if name == _BOOK:
            yield {"name": f"{_BOOK}_FILE", "value": BOOK_FILE}
        else:
            # Kubernetes expands $(NAME) in values; a doubled $ stays one.
            yield {"name": name, "value": value.replace("$(", "$$(")}


def _ports(container: PlannedContainer, deployment: Deployment) -> list[Object]:
    """The ports of the group that this container answers, and its health check's."""
    group = deployment.group_of(container)
    mine = {(port.port, port.protocol): port.scheme for port in group.ports if port.container == container.key}
    if container.health.http:
        mine.setdefault((container.health.http.port, "tcp"), "http")
    return [
        {"name": f"{scheme}-{number}", "containerPort": number, "protocol": protocol.upper()}
        for (number, protocol), scheme in sorted(mine.items())
    ]


def _security(container: PlannedContainer) -> Object:
    hardening = container.hardening
    added = [name.removeprefix("CAP_") for name in hardening.capabilities]
    return {
        "allowPrivilegeEscalation": not hardening.no_new_privileges,
        "privileged": False,
        "readOnlyRootFilesystem": hardening.read_only_root,
        "runAsNonRoot": True,
        "runAsUser": hardening.run_as.uid,
        "runAsGroup": hardening.run_as.gid,
        "capabilities": {"drop": ["ALL"], **({"add": added} if added else {})},
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def _resources(container: PlannedContainer, cluster: Cluster) -> Object:
    devices = _devices(container, cluster)
    return {
        "requests": {
            "cpu": f"{container.cpu_request_millicores}m",
            "memory": f"{container.memory_request_mib}Mi",
            "ephemeral-storage": _SCRATCH_DISK["requests"],
            **devices,
        },
        "limits": {
            "cpu": f"{container.cpu_cap_millicores}m",
            "memory": f"{container.memory_cap_mib}Mi",
            "ephemeral-storage": _SCRATCH_DISK["limits"],
            **devices,
        },
    }


def _devices(container: PlannedContainer, cluster: Cluster) -> dict[str, str]:
    """A container's part of a card, in the words of whatever hands out the pool's cards."""
    gpu = _card(container, cluster)
    if gpu is None or container.gpu is None:
        return {}
    device = {resource_of(gpu): "1"}
    if gpu.sharing is not Sharing.MEMORY_AMOUNT:
        return device
    amount = container.gpu.limit_mib + container.gpu.processes * gpu.context_mib
    return {**device, DEVICE_MEMORY: str(amount)}


def resource_of(gpu: PoolGpu) -> str:
    """Name under which a pool's nodes offer their cards."""
    return SHARED_DEVICE if gpu.sharing is Sharing.SHARED_DEVICE else DEVICE


def _card(container: PlannedContainer, cluster: Cluster) -> PoolGpu | None:
    return cluster.node_pools[container.gpu.card].gpu if container.gpu else None


def _where(group: PlannedGroup, cluster: Cluster) -> Object:
    """Nodes a group runs on: its pool's for a card, which are often kept for who needs one; else its images'."""
    pool = next((c.gpu.card for c in group.containers if c.gpu), None)
    if pool:
        arch = str(cluster.node_pools[pool].arch)
        return {
            "nodeSelector": {"kubernetes.io/arch": arch, cluster.pool_label: pool},
            "tolerations": [{"key": DEVICE, "operator": "Exists", "effect": "NoSchedule"}],
        }
    archs = [arch for arch in Arch if all(arch in container.archs for container in group.containers)]
    return {"nodeSelector": {"kubernetes.io/arch": str(archs[0])}} if len(archs) == 1 else {}


def _apart(group: PlannedGroup, track: Track | None) -> Object:
    """Copies keep to different nodes where they can: one node's end is not the group's."""
    term = {
        "labelSelector": {"matchLabels": {k: v for k, v in labels(group, track).items() if k.startswith("fleet.")}},
        "topologyKey": "kubernetes.io/hostname",
    }
    return {
        "podAntiAffinity": {
            "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "podAffinityTerm": term}]
        }
    }
