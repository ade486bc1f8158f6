"""Kubernetes resources to judge: apps of one namespace, some with findings, some waived, some not known yet."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import count, islice
from typing import Any

from policy.engine.catalogue import rules
from policy.engine.judge import judge
from policy.views.registered import UNKNOWN, Registered

TODAY = date(2026, 11, 20)
_RBAC = "rbac.authorization.k8s.io/v1:"
_DIGEST = f"sha256:{'0123456789abcdef' * 4}"
_PROBE = {"httpGet": {"path": "/health", "port": "http"}}


def resources(most: int) -> list[Registered]:
    """The first objects of a cluster."""
    return list(islice(_objects(), most))


def judging_s(most: int, runs: int = 3) -> float:
    """Processor seconds of judging that many resources; the best of some runs. The rules are imported before."""
    rules()
    registered = resources(most)
    took = []
    for _ in range(runs):
        started = time.process_time()
        judge(registered, None, TODAY)
        took.append(time.process_time() - started)
    return min(took)


def _objects() -> Iterator[Registered]:
    yield from _namespace("team")
    for number in count():
        yield from _app("team", f"app-{number}", number)


def _namespace(space: str) -> Iterator[Registered]:
    enforce = {"pod-security.kubernetes.io/enforce": "restricted"}
    yield _object("core/v1:Namespace", space, "", metadata={"labels": enforce})
    yield _object("core/v1:ResourceQuota", f"{space}-quota", space, spec={"hard": {"pods": "200"}})
    yield _object("core/v1:LimitRange", f"{space}-limits", space, spec={"limits": []})
    ports = [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")]
    closed = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "egress": [{"ports": ports}]}
    yield _object("networking.k8s.io/v1:NetworkPolicy", f"{space}-closed", space, spec=closed)


def _app(space: str, name: str, number: int) -> Iterator[Registered]:
    """A Deployment and a Service; a NetworkPolicy or a budget; every fifth app has the other kinds too."""
    names = {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": space}
    lost = {**names, "app.kubernetes.io/name": "gone"} if number % 29 == 0 else names
    yield _object("apps/v1:Deployment", name, space, spec=_deployment(name, names, number))
    port = "9999" if number % 31 == 0 else "http"
    yield _object("core/v1:Service", name, space, spec={"selector": lost, "ports": [{"port": 80, "targetPort": port}]})
    if number % 2:
        peers = [{"from": [{"podSelector": {"matchLabels": {"app.kubernetes.io/part-of": space}}}]}]
        policy = {"podSelector": {"matchLabels": names}, "policyTypes": ["Ingress"], "ingress": peers}
        yield _object("networking.k8s.io/v1:NetworkPolicy", name, space, spec=policy)
    else:
        budget = {"selector": {"matchLabels": lost}, "maxUnavailable": 1}
        yield _object("policy/v1:PodDisruptionBudget", name, space, spec=budget)
    if number % 5 == 0:
        yield from _rest(space, name, number)


def _rest(space: str, name: str, number: int) -> Iterator[Registered]:
    path = {"path": "/", "backend": {"service": {"name": "gone" if number % 3 == 0 else name}}}
    ingress = {"tls": [{"hosts": [name]}], "rules": [{"host": name, "http": {"paths": [path]}}]}
    yield _object("networking.k8s.io/v1:Ingress", name, space, spec=ingress)
    yield _object("core/v1:ConfigMap", f"{name}-config", space, data={"LOG_LEVEL": "info", "PEER": f"http://{name}"})
    target = {"kind": "Deployment", "name": name}
    scaler = {"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 1 if number % 3 == 0 else 4}
    yield _object("autoscaling/v2:HorizontalPodAutoscaler", name, space, spec=scaler)
    yield _object("core/v1:ServiceAccount", f"{name}-account", space, automountServiceAccountToken=number % 2 == 0)
    grants = [{"apiGroups": [""], "resources": ["*" if number % 3 == 0 else "configmaps"], "verbs": ["get"]}]
    yield _object(f"{_RBAC}Role", f"{name}-role", space, rules=grants)
    subjects = [{"kind": "ServiceAccount", "name": f"{name}-account"}]
    chosen: dict[str, Any] = {"roleRef": {"kind": "Role", "name": f"{name}-role"}, "subjects": subjects}
    yield _object(f"{_RBAC}RoleBinding", f"{name}-binding", space, **chosen)


def _deployment(name: str, names: Mapping[str, str], number: int) -> dict[str, Any]:
    """Every seventh breaks rules, every eleventh of all with a waiver; every thirteenth has values not known yet."""
    labels = {**names, "fleet.group": name, "tier": "critical" if number % 19 == 0 else "web"}
    annotations = {"fleet.local/main.group": name, "fleet.local/main.container": "main"}
    if number % 11 == 0:
        annotations["fleet.local/main.waiver.A14"] = "2027-03-31 moves to an account without a token"
        annotations["fleet.local/main.exception.run_as"] = "2027-03-31 the vendor's image needs root"
    given: dict[str, Any] = {"image": UNKNOWN if number % 13 == 0 else f"ghcr.io/acme/agent@{_DIGEST}"}
    if number % 7 == 0:
        given |= {"image": "redis:latest", "livenessProbe": None}
    user = {"runAsUser": 0 if number % 11 == 0 else 10001, "runAsGroup": 10001, "runAsNonRoot": True}
    return {
        "replicas": 2 if number % 17 == 0 else None,
        "selector": {"matchLabels": names},
        "template": {
            "metadata": {"labels": labels, "annotations": annotations},
            "spec": {
                "serviceAccountName": f"{name}-account",
                "automountServiceAccountToken": [None, False][number % 2],
                "securityContext": {**user, "fsGroup": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
                "volumes": [{"name": "tmp", "emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}}],
                "containers": [_container(given), *([_container({"name": "proxy"})] if number % 5 == 0 else [])],
            },
        },
    }


def _container(given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": "main",
        "image": f"ghcr.io/acme/proxy@{_DIGEST}",
        "imagePullPolicy": "IfNotPresent",
        "env": [{"name": "ROLE", "value": "agent"}, {"name": "PEER", "value": "http://peer:8000"}],
        "ports": [{"name": "http", "containerPort": 8000}],
        "resources": {
            "limits": {"cpu": "1", "memory": "1Gi", "ephemeral-storage": "1Gi"},
            "requests": {"cpu": "500m", "memory": "512Mi", "ephemeral-storage": "256Mi"},
        },
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "livenessProbe": {**_PROBE, "periodSeconds": 30},
        "readinessProbe": _PROBE,
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108  (inside the container)
        **given,
    }


def _object(kind: str, name: str, space: str, metadata: Mapping[str, Any] | None = None, **given: Any) -> Registered:
    about = {"name": name, **({"namespace": space} if space else {}), **(metadata or {})}
    token = f"kubernetes:{kind}"
    return Registered(token, name, f"urn:pulumi:c::fleet::{token}::{name}", inputs={"metadata": about, **given})
