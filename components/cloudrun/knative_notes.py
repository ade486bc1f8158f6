"""What a cluster must have for exported services, and what of a project on Google Cloud stays behind. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from components.cloudrun.knative import SECRET_KEY, TIMEOUT_MAX_S, claimed, databases, live_service, namespace, services
from fleet.model import Cloud
from fleet.plan.deployment import Deployment

_FLAGS = (
    "kubernetes.podspec-persistent-volume-claim",
    "kubernetes.podspec-persistent-volume-write",
    "kubernetes.podspec-securitycontext",
)
"""Of Knative's ConfigMap `config-features`: without them its webhook refuses claims."""


def needed(deployment: Deployment, cloud: Cloud) -> Iterator[str]:
    """What must be there before the files are applied, a line each."""
    groups = services(deployment)
    yield "Knative Serving, with a networking layer"
    if any(claimed(group, deployment) for group in groups):
        yield "a default storage class with ReadWriteMany, for what are buckets on Cloud Run"
        yield f"enabled in knative-serving/config-features: {', '.join(_FLAGS)}"
    longest = max((cloud.service(group.name).timeout_s for group in groups), default=0)
    if longest > TIMEOUT_MAX_S:
        yield f"max-revision-timeout-seconds of {longest} or more in knative-serving/config-defaults"
    if any(container.gpu for group in groups for container in group.containers):
        yield "nodes with cards, and NVIDIA's device plugin"
    if any(len(group.containers) > 1 for group in groups):
        yield "multi-container in knative-serving/config-features, as it is by default; sidecars have no probes"


def secrets(deployment: Deployment) -> tuple[str, ...]:
    """Secrets that pods wait for, each with how it is made."""
    names = {name for group in services(deployment) for container in group.containers for name in container.secrets}
    create = f"kubectl -n {namespace(deployment)} create secret generic"
    return tuple(f"{create} {name} --from-file={SECRET_KEY}=FILE" for name in sorted(names))


def left_behind(deployment: Deployment, cloud: Cloud) -> Iterator[str]:
    """What the files do not carry over, a line each."""
    mine = services(deployment)
    others = [group.name for group in deployment.groups if group not in mine]
    if others:
        yield f"worker pools and jobs, which are no services: {', '.join(others)}"
    called = [group.name for group in mine if cloud.service(group.name).invokers]
    if called:
        yield f"invokers ({', '.join(called)}): Knative asks nobody who they are; a mesh or a gateway may"
    for group in mine:
        if found := databases(group, deployment):
            yield f"databases of {group.name} ({', '.join(found)}): give it one, and its address as environment"
        if any(container.hardening.weakened for container in group.containers):
            yield f"the weaker hardening that {group.name} asks for: the restricted level refuses it"
    if any(secret.candidate_version for secret in cloud.secrets.values()):
        yield "versions of secrets that a candidate tries: a cluster's secret has one value, which both versions read"
    if cloud.front_door:
        yield f"the front door {cloud.front_door.host}: map it with a DomainMapping, and limit requests at the gateway"
    if cloud.observation or cloud.budget:
        yield "alerts and the budget"


def rollouts(deployment: Deployment) -> Iterator[str]:
    """How a rollout under way comes to a cluster that has neither version."""
    for group in services(deployment):
        if live_service(group, deployment):
            where = f"-n {namespace(deployment)} ksvc/{group.name}"
            ready = f"`kubectl wait {where} --for=condition=Ready`"
            yield f"{group.name}: its file -live first, then {ready}, then the other one"
