"""Resources of Google's provider as it receives them, and a service for which every rule holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fleet import labels
from policy.core.rule import Rule
from policy.views.registered import Registered
from tests.policy.builders import blames_alone, judged
from tests.policy.builders import container as docker_container
from tests.policy.kubernetes_builders import annotations_of, without_none, workload

GROUP = "portal"
REGION = "europe-west4"
IMAGE = f"{REGION}-docker.pkg.dev/sky-project/fleet/portal@sha256:{'0123456789abcdef' * 4}"
ACCOUNT = "run-portal@sky-project.iam.gserviceaccount.com"
GPU_TAGS = {
    labels.GPU_CARD: "nvidia-l4",
    labels.GPU_REQUEST_MIB: "6656",
    labels.GPU_LIMIT_MIB: "20480",
    labels.GPU_PROCESSES: "1",
    labels.GPU_ENFORCEMENT: "exclusive",
}
GPU_LIMITS = {"cpu": "4", "memory": "16Gi", "nvidia.com/gpu": "1"}

_PROBE = {"httpGet": {"path": "/health", "port": 8000}}
_CONTAINER: Mapping[str, Any] = {
    "name": "main",
    "image": IMAGE,
    "envs": [{"name": "CONTAINER_ROLE", "value": "portal"}],
    "resources": {"limits": {"cpu": "1", "memory": "512Mi"}, "cpuIdle": True, "startupCpuBoost": True},
    "ports": {"containerPort": 8000, "name": "http1"},
    "startupProbe": {**_PROBE, "periodSeconds": 10, "failureThreshold": 6},
    "livenessProbe": {**_PROBE, "periodSeconds": 30, "failureThreshold": 3},
    "readinessProbe": _PROBE,
}


def run_container(name: str = "main", **changes: Any) -> dict[str, Any]:
    """A container of a template."""
    return without_none({**_CONTAINER, "name": name, **changes})


def sidecar(name: str = "meter", **changes: Any) -> dict[str, Any]:
    """A sidecar of the main container."""
    limits = {"limits": {"cpu": "0.5", "memory": "128Mi"}}
    return run_container(name, **{"ports": None, "readinessProbe": None, "resources": limits, **changes})


def template(tags: Mapping[str, str] | None = None, **changes: Any) -> dict[str, Any]:
    """A template of a service; `tags` are labels of container main in addition to its usual ones."""
    ours = {labels.GROUP: GROUP, labels.CONTAINER: "main", **(tags or {})}
    defaults = {
        "annotations": annotations_of(ours),
        "serviceAccount": ACCOUNT,
        "containers": [run_container()],
        "maxInstanceRequestConcurrency": 80,
        "timeout": "300s",
        "executionEnvironment": "EXECUTION_ENVIRONMENT_GEN2",
        "scaling": {"minInstanceCount": 0, "maxInstanceCount": 3},
    }
    return without_none({**defaults, **changes})


def run_service(
    name: str = "portal",
    tags: Mapping[str, str] | None = None,
    inside: Mapping[str, Any] | None = None,
    main: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Registered:
    """A service that every rule holds for; `inside` are changes of its template, `main` those of its container."""
    containers = {"containers": [run_container(**main)]} if main else {}
    defaults = {
        "name": name,
        "location": REGION,
        "project": "sky-project",
        "labels": {"fleet-group": GROUP},
        "ingress": "INGRESS_TRAFFIC_INTERNAL_ONLY",
        "invokerIamDisabled": False,
        "deletionProtection": True,
        "template": template(tags, **{**containers, **(inside or {})}),
        "traffics": [{"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "percent": 100}],
    }
    return google("cloudrunv2/service:Service", name, **without_none({**defaults, **changes}))


def gpu_service(name: str = "portal", inside: Mapping[str, Any] | None = None, **changes: Any) -> Registered:
    """A service with an L4 and its budget."""
    main = {"resources": {"limits": GPU_LIMITS, "cpuIdle": False}, **changes.pop("main", {})}
    card = {"nodeSelector": {"accelerator": "nvidia-l4"}, **(inside or {})}
    return run_service(name, GPU_TAGS, card, main, **changes)


def job(name: str = "portal", main: Mapping[str, Any] | None = None, **changes: Any) -> Registered:
    """A job: its container answers nobody."""
    quiet = {"ports": None, "livenessProbe": None, "readinessProbe": None, "resources": {"limits": _limits()}}
    task = {"serviceAccount": ACCOUNT, "containers": [run_container(**{**quiet, **(main or {})})], "timeout": "600s"}
    inner = {"template": without_none({**task, **changes}), "taskCount": 1}
    return google("cloudrunv2/job:Job", name, name=name, location=REGION, template=inner)


def worker_pool(name: str = "portal", main: Mapping[str, Any] | None = None, **changes: Any) -> Registered:
    """A worker pool of one instance."""
    quiet = {"ports": None, "readinessProbe": None, "resources": {"limits": _limits()}}
    body = {"serviceAccount": ACCOUNT, "containers": [run_container(**{**quiet, **(main or {})})]}
    defaults = {"name": name, "location": REGION, "scaling": {"manualInstanceCount": 1}, "template": body}
    return google("cloudrunv2/workerPool:WorkerPool", name, **without_none({**defaults, **changes}))


def member(
    name: str = "caller", /, kind: str = "cloudrunv2/serviceIamMember:ServiceIamMember", **changes: Any
) -> Registered:
    """Somebody who may call the service."""
    defaults = {
        "name": "portal",
        "location": REGION,
        "role": "roles/run.invoker",
        "member": f"serviceAccount:{ACCOUNT}",
    }
    return google(kind, name, **without_none({**defaults, **changes}))


def cloud(name: str = "sky", **changes: Any) -> Registered:
    """A project as its component publishes it."""
    outputs = {"machine": name, "project": "sky-project", "regions": [REGION], "startAfter": {}}
    kind = "fleet:cloudrun:CloudRun"
    return Registered(kind, name, f"urn:pulumi:sky::fleet::{kind}::{name}", outputs={**outputs, **changes})


def google(kind: str, name: str, /, **properties: Any) -> Registered:
    """A resource of `gcp:<kind>`."""
    token = f"gcp:{kind}"
    return Registered(token, name, f"urn:pulumi:sky::fleet::{token}::{name}", inputs=properties)


def blamed_on_run(rule: Rule, bad: Registered, *others: Registered, **settings: Any) -> str:
    """What a rule says against `bad` and its containers, and against nothing else; that it names it and a fix."""
    neighbours = (run_service("neighbour"), workload("elsewhere"), docker_container("at-home"))
    return blames_alone(rule, bad, judged(rule, *neighbours, bad, *others, **settings))


def _limits() -> dict[str, str]:
    return {"cpu": "1", "memory": "512Mi"}
