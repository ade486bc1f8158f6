"""The pod template of a group: its main container and its sidecars, hardened as planned."""

from __future__ import annotations

import hashlib

from components import objects
from components.kubernetes.manifests.base import labels, port_name
from components.kubernetes.manifests.files import files_digest
from components.kubernetes.manifests.probes import probes
from components.kubernetes.manifests.volumes import BOOK, BOOK_FILE, pod_volumes, volume_mounts
from components.objects import Object
from fleet.labels import ADDRESS_BOOK, FILES, as_annotations
from fleet.model import MAIN, Arch, Cluster, Metrics, PoolGpu, Sharing, Track
from fleet.model.image_names import host_of
from fleet.plan.deployment import Deployment, PlannedGroup
from fleet.plan.planned_container import PlannedContainer

_DEVICE_MEMORY = "nvidia.com/gpumem"
_VELERO = "backup.velero.io/backup-volumes"
"""Annotation with the volumes that Velero copies, comma-separated (see its page on file system backup)."""
_LOGS_REQUEST, _LOGS_LIMIT = ({"ephemeral-storage": size} for size in ("100Mi", "1Gi"))
"""A container writes only logs to its disk, since the root is read-only."""


def pod_template(
    group: PlannedGroup, deployment: Deployment, cluster: Cluster, track: Track | None, image: str | None
) -> Object:
    """The template; `image` is the candidate's, of the main container."""
    first = [_container(c, deployment, cluster, None) for c in group.containers if _runs_first(c)]
    return {
        "metadata": {"labels": labels(group, track), "annotations": _annotations(group, deployment, cluster)},
        "spec": {
            "serviceAccountName": group.name,
            **_pull_secrets(group, deployment, image),
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "priorityClassName": f"{cluster.namespace}-{group.operation.tier}",
            "securityContext": _pod_security(group),
            "terminationGracePeriodSeconds": max(container.stop_grace_s for container in group.containers),
            **_node_selection(group, cluster),
            "affinity": _spread(group, track),
            **({"initContainers": first} if first else {}),
            "containers": [
                _container(container, deployment, cluster, image if container.key == MAIN else None)
                for container in group.containers
                if not _runs_first(container)
            ],
            "volumes": pod_volumes(group, deployment, cluster),
        },
    }


def _runs_first(container: PlannedContainer) -> bool:
    return container.once and container.key != MAIN


def address_books(group: PlannedGroup) -> dict[str, str]:
    """Data of the group's ConfigMap: file name -> address book of a container."""
    return {f"{c.key}.json": c.env[BOOK] for c in group.containers if BOOK in c.env}


def _pull_secrets(group: PlannedGroup, deployment: Deployment, image: str | None) -> Object:
    """Secrets with the logins of the registries of its images."""
    hosts = {host_of(each) for each in (*(c.image for c in group.containers), *((image,) if image else ()))}
    logins = [login.secret_name for host, login in sorted(deployment.machine.registries.items()) if host in hosts]
    return {"imagePullSecrets": [{"name": name} for name in dict.fromkeys(logins)]} if logins else {}


def _annotations(group: PlannedGroup, deployment: Deployment, cluster: Cluster) -> dict[str, str]:
    """For policies, Prometheus and Velero, and a digest that restarts pods when an address book changes."""
    annotations: dict[str, str] = {}
    for container in group.containers:
        annotations |= {**container.own_labels, **as_annotations(container.key, container.labels)}
    if books := address_books(group):
        books_digest = hashlib.sha256("\n".join(f"{name} {book}" for name, book in sorted(books.items())).encode())
        annotations[ADDRESS_BOOK] = books_digest.hexdigest()[:16]
    if digest := files_digest(group):
        annotations[FILES] = digest
    main = group.containers[0]
    if cluster.metrics is Metrics.ANNOTATIONS and main.agents and main.health.http:
        annotations |= {
            "prometheus.io/scrape": "true",
            "prometheus.io/port": str(main.health.http.port),
            "prometheus.io/path": "/metrics",
        }
    copied = [
        key
        for key, volume in deployment.volumes.items()
        if volume.velero and volume.group == group.name and group.name in volume.mounted_by
    ]
    if copied:
        annotations[_VELERO] = ",".join(sorted(copied))
    return dict(sorted(annotations.items()))


def _pod_security(group: PlannedGroup) -> Object:
    run_as = group.containers[0].hardening.run_as
    groups = sorted({each for container in group.containers for each in container.device_groups})
    return {
        # The device files of a card belong to groups of the node.
        **({"supplementalGroups": groups} if groups else {}),
        "runAsNonRoot": True,
        "runAsUser": run_as.uid,
        "runAsGroup": run_as.gid,
        # Owns volumes and secrets, so that agents can access them.
        "fsGroup": run_as.gid,
        "fsGroupChangePolicy": "OnRootMismatch",
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def _container(container: PlannedContainer, deployment: Deployment, cluster: Cluster, image: str | None) -> Object:
    hardening, devices = container.hardening, _devices(container, cluster)
    added = [name.removeprefix("CAP_") for name in hardening.capabilities]
    rendered: Object = {
        "name": container.key,
        **objects.image(image or container.image),
        "env": [
            objects.variable(f"{BOOK}_FILE", BOOK_FILE) if name == BOOK else objects.variable(name, value)
            for name, value in container.env.items()
        ]
        + list(objects.secret_variables(container)),
        "resources": objects.resources(container, {**_LOGS_REQUEST, **devices}, {**_LOGS_LIMIT, **devices}),
        "securityContext": {
            "allowPrivilegeEscalation": not hardening.no_new_privileges,
            "privileged": False,
            **objects.restricted_context(container),
            "capabilities": {"drop": ["ALL"], **({"add": added} if added else {})},
        },
        **({} if container.once else probes(container)),
        "volumeMounts": volume_mounts(container, deployment),
    }
    rendered |= objects.program(container)
    if container.tty:
        rendered["tty"] = True
    if ports := _ports(container, deployment):
        rendered["ports"] = ports
    return rendered


def _ports(container: PlannedContainer, deployment: Deployment) -> list[Object]:
    """The group's ports of this container, and the port of its health check."""
    group = deployment.group_of(container)
    schemes = {(port.port, port.protocol): port.scheme for port in group.ports if port.container == container.key}
    if container.health.http:
        schemes.setdefault((container.health.http.port, "tcp"), "http")
    return [
        {"name": port_name(number, protocol, scheme), "containerPort": number, "protocol": protocol.upper()}
        for (number, protocol), scheme in sorted(schemes.items())
    ]


def _devices(container: PlannedContainer, cluster: Cluster) -> dict[str, str]:
    """A container's share of its cards, as the pool's device plugin expects it."""
    gpu = pool_gpu(container, cluster)
    if gpu is None or container.gpu is None:
        return {}
    device = {gpu.resource: str(container.gpu.count)}
    if gpu.sharing is not Sharing.MEMORY_AMOUNT:
        return device
    # Of each card, by HAMi's documentation.
    amount = container.gpu.limit_mib + container.gpu.processes * gpu.context_mib
    return {**device, _DEVICE_MEMORY: str(amount)}


def pool_gpu(container: PlannedContainer, cluster: Cluster) -> PoolGpu | None:
    """The cards of a container's pool; None if it requests none."""
    return cluster.node_pools[next(iter(container.gpu.cards))].gpu if container.gpu else None


def _node_selection(group: PlannedGroup, cluster: Cluster) -> Object:
    """Nodes of the pool that holds its card, with a toleration of the usual taint; else of its images' architecture."""
    pool = next((name for c in group.containers if c.gpu for name in c.gpu.cards), None)
    gpu = cluster.node_pools[pool].gpu if pool else None
    if pool and gpu:
        arch = str(cluster.node_pools[pool].arch)
        return {
            "nodeSelector": {"kubernetes.io/arch": arch, cluster.pool_label: pool},
            "tolerations": [{"key": gpu.taint, "operator": "Exists", "effect": "NoSchedule"}],
        }
    archs = [arch for arch in Arch if all(arch in container.archs for container in group.containers)]
    return {"nodeSelector": {"kubernetes.io/arch": str(archs[0])}} if len(archs) == 1 else {}


def _spread(group: PlannedGroup, track: Track | None) -> Object:
    """Prefers different nodes for replicas, so that a group survives the loss of one."""
    term = {
        "labelSelector": {"matchLabels": {k: v for k, v in labels(group, track).items() if k.startswith("fleet.")}},
        "topologyKey": "kubernetes.io/hostname",
    }
    return {
        "podAntiAffinity": {
            "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "podAffinityTerm": term}]
        }
    }
