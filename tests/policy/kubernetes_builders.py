"""Kubernetes objects as a provider receives them, and a namespace in which every rule holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fleet import labels
from policy.core.rule import Rule
from policy.views.registered import Registered
from tests.policy.builders import blames_alone, judged
from tests.policy.builders import container as docker_container

NAMESPACE = "agents"
GROUP = "agentic-flow"
DIGEST = f"sha256:{'0123456789abcdef' * 4}"
NAMES = {"app.kubernetes.io/name": "agent"}
"""Labels of the pods, and what selects them."""

GPU = {
    "limits": {"cpu": "2", "memory": "8Gi", "ephemeral-storage": "4Gi", "nvidia.com/gpu": "1"},
    "requests": {"cpu": "1", "memory": "8Gi", "ephemeral-storage": "1Gi"},
}
GPU_TAGS = {
    labels.GPU_REQUEST_MIB: "6656",
    labels.GPU_LIMIT_MIB: "20480",
    labels.GPU_PROCESSES: "1",
    labels.GPU_ENFORCEMENT: "exclusive",
}

_PROBE = {"httpGet": {"path": "/health", "port": "http"}}
_CONTAINER: Mapping[str, Any] = {
    "name": "main",
    "image": f"ghcr.io/acme/agent@{DIGEST}",
    "imagePullPolicy": "IfNotPresent",
    "env": [{"name": "CONTAINER_ROLE", "value": "agentic_flow"}],
    "ports": [{"name": "http", "containerPort": 8000}],
    "resources": {
        "limits": {"cpu": "1500m", "memory": "1Gi", "ephemeral-storage": "1Gi"},
        "requests": {"cpu": "500m", "memory": "512Mi", "ephemeral-storage": "256Mi"},
    },
    "securityContext": {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    },
    "livenessProbe": {**_PROBE, "periodSeconds": 30, "failureThreshold": 3},
    "readinessProbe": {**_PROBE, "periodSeconds": 10, "failureThreshold": 3},
    "startupProbe": {**_PROBE, "periodSeconds": 10, "failureThreshold": 30},
    "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],
}
_POD: Mapping[str, Any] = {
    "serviceAccountName": "agent",
    "automountServiceAccountToken": False,
    "securityContext": {
        "runAsNonRoot": True,
        "runAsUser": 10001,
        "runAsGroup": 10001,
        "fsGroup": 10001,
        "seccompProfile": {"type": "RuntimeDefault"},
    },
    "terminationGracePeriodSeconds": 30,
    "volumes": [{"name": "tmp", "emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}}],
}


def without_none(values: Mapping[str, Any]) -> dict[str, Any]:
    """What is set to None is left out."""
    return {key: value for key, value in values.items() if value is not None}


def pod_container(name: str = "main", **changes: Any) -> dict[str, Any]:
    """A hardened container of a pod."""
    return without_none({**_CONTAINER, "name": name, **changes})


def pod_spec(container: Mapping[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """The spec of a hardened pod with one container."""
    return without_none({**_POD, "containers": [pod_container(**(container or {}))], **changes})


def secure(**changes: Any) -> dict[str, Any]:
    """The security context of a hardened container."""
    return without_none({**_CONTAINER["securityContext"], **changes})


def pod_secure(**changes: Any) -> dict[str, Any]:
    """The security context of a hardened pod, as a change of the pod."""
    return {"securityContext": without_none({**_POD["securityContext"], **changes})}


def annotations_of(tags: Mapping[str, str], name: str = "main") -> dict[str, str]:
    """A container's labels as its pod carries them."""
    return {f"fleet.local/{name}.{key.removeprefix('fleet.')}": value for key, value in tags.items()}


def template(
    tags: Mapping[str, str] | None = None,
    pod: Mapping[str, Any] | None = None,
    names: Mapping[str, str] | None = None,
    **container: Any,
) -> dict[str, Any]:
    """A pod template of a group; `tags` are labels of container main in addition to its usual ones."""
    ours = {labels.GROUP: GROUP, labels.CONTAINER: "main", **(tags or {})}
    meta = {"labels": {labels.GROUP: GROUP, **(names or NAMES)}, "annotations": annotations_of(ours)}
    return {"metadata": meta, "spec": pod_spec(container, **(pod or {}))}


def workload(
    name: str = "agent",
    kind: str = "apps/v1:Deployment",
    tags: Mapping[str, str] | None = None,
    pod: Mapping[str, Any] | None = None,
    spec: Mapping[str, Any] | None = None,
    **container: Any,
) -> Registered:
    """A hardened Deployment or the like; further changes are of its container."""
    names = {"app.kubernetes.io/name": name}
    inner = {
        "replicas": 1,
        "selector": {"matchLabels": names},
        "template": template(tags, pod, names, **container),
        **(spec or {}),
    }
    return kubernetes(kind, name, spec=without_none(inner))


def foreign_pod(name: str = "foreign", **container: Any) -> Registered:
    """A workload that no group's file describes: nothing but an image and what is given."""
    main = {"name": "web", "image": "docker.io/library/redis:7.4", **container}
    return kubernetes("apps/v1:Deployment", name, spec={"template": {"spec": {"containers": [main]}}})


def gpu_workload(
    name: str = "agent", tags: Mapping[str, str] | None = None, pool: str = "gpu", **changes: Any
) -> Registered:
    """A workload that asks for a whole card and states its budget: 6656 of 20480 MiB, one process, exclusive."""
    memory = {"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": "1Gi"}}
    inner = {
        "nodeSelector": {"fleet.local/pool": pool},
        "volumes": [*_POD["volumes"], memory],
        **changes.pop("pod", {}),
    }
    mounts = [*_CONTAINER["volumeMounts"], {"name": "shm", "mountPath": "/dev/shm"}]
    given = {"resources": GPU, "volumeMounts": mounts, **changes}
    return workload(name, tags={**GPU_TAGS, **(tags or {})}, pod=inner, **given)


def kubernetes(kind: str, name: str, namespace: str | None = NAMESPACE, **properties: Any) -> Registered:
    """An object of `core/v1:Service` and the like; `labels` and `annotations` are its metadata's."""
    meta = {key: properties.pop(key) for key in ("labels", "annotations") if key in properties}
    metadata = without_none({"name": name, "namespace": namespace, **meta})
    token = f"kubernetes:{kind}"
    return Registered(token, name, f"urn:pulumi:c::fleet::{token}::{name}", inputs={"metadata": metadata, **properties})


def service(name: str = "agent", **spec: Any) -> Registered:
    """A service of the pods of workload `agent`."""
    defaults = {"selector": NAMES, "ports": [{"port": 80, "targetPort": "http"}]}
    return kubernetes("core/v1:Service", name, spec=without_none({**defaults, **spec}))


def network_policy(name: str = "agent", **spec: Any) -> Registered:
    """What isolates every pod of the namespace and lets it ask for names."""
    dns = {"ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]}
    defaults = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "egress": [dns]}
    return kubernetes("networking.k8s.io/v1:NetworkPolicy", name, spec=without_none({**defaults, **spec}))


def namespace(name: str = NAMESPACE, **labels_changed: Any) -> Registered:
    """A namespace under the restricted Pod Security Standard."""
    enforce = {"pod-security.kubernetes.io/enforce": "restricted", **labels_changed}
    return kubernetes("core/v1:Namespace", name, namespace=None, labels=without_none(enforce))


def around() -> list[Registered]:
    """What the workloads of a namespace need so that every rule holds."""
    return [
        namespace(),
        kubernetes("core/v1:ServiceAccount", "agent-account", automountServiceAccountToken=False),
        kubernetes("core/v1:ResourceQuota", "quota", spec={"hard": {"pods": "20"}}),
        kubernetes("core/v1:LimitRange", "limits", spec={"limits": []}),
        network_policy(),
        service(),
    ]


def cluster(name: str = "cluster", **changes: Any) -> Registered:
    """A cluster of a CPU pool and a GPU pool, as its component publishes it."""
    outputs: dict[str, Any] = {
        "machine": name,
        "nodePools": {"cpu": node_pool(gpus=0, gpuSharing="none"), "gpu": node_pool()},
        "memoryMib": 131072,
        "memoryReserveMib": 8192,
        "lanAddress": "",
        "subnets": {},
        "allowedOverlaps": [],
        "startAfter": {},
    }
    kind = "fleet:kubernetes:Cluster"
    return Registered(kind, name, f"urn:pulumi:c::fleet::{kind}::{name}", outputs={**outputs, **changes})


def node_pool(**changes: Any) -> dict[str, Any]:
    """Two nodes with one 24 GiB card each, handed out whole."""
    figures = {
        "nodes": 2,
        "cpus": 16,
        "memoryMib": 65536,
        "arch": "amd64",
        "gpus": 1,
        "gpuModel": "L4",
        "gpuMemoryMib": 23034,
        "gpuSharing": "whole-device",
        "sharedReplicas": 1,
        "contextMib": 450,
    }
    return {**figures, **changes}


def blamed(rule: Rule, bad: Registered, *others: Registered, **settings: Any) -> str:
    """What a rule says against `bad` and its containers, and against nothing else; that it names it and a fix."""
    neighbours = (workload("neighbour"), docker_container("elsewhere"))
    return blames_alone(rule, bad, judged(rule, *neighbours, bad, *others, **settings))
