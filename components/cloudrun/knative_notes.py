"""What exported services need of a cluster, and what is not exported from the Google Cloud project. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from components.cloudrun.knative import TIMEOUT_MAX_S, claimed, databases, live_service, namespace, services
from components.cloudrun.resources.base import cloud_of
from components.cloudrun.resources.secrets import secret_names
from components.objects import create_secret
from fleet.plan.deployment import Deployment

_FLAGS = (
    "kubernetes.podspec-persistent-volume-claim",
    "kubernetes.podspec-persistent-volume-write",
    "kubernetes.podspec-securitycontext",
)
"""Keys of Knative's ConfigMap `config-features`, without which its webhook refuses claims."""


def needed(deployment: Deployment) -> Iterator[str]:
    """What must be installed before the files are applied, one line each."""
    groups, cloud = services(deployment), cloud_of(deployment)
    yield "Knative Serving, with a networking layer"
    if any(claimed(group, deployment) for group in groups):
        yield "a default storage class with ReadWriteMany, for volumes that are buckets on Cloud Run"
        yield f"enabled in knative-serving/config-features: {', '.join(_FLAGS)}"
    longest = max((cloud.service(group.name).timeout_s for group in groups), default=0)
    if longest > TIMEOUT_MAX_S:
        yield f"max-revision-timeout-seconds of {longest} or more in knative-serving/config-defaults"
    if any(container.gpu for group in groups for container in group.containers):
        yield "nodes with cards, and NVIDIA's device plugin"
    if any(len(group.containers) > 1 for group in groups):
        yield "multi-container in knative-serving/config-features, as it is by default; sidecars have no probes"


def secrets(deployment: Deployment) -> tuple[str, ...]:
    """The command that creates each secret that pods read."""
    names = {name for group in services(deployment) for name in secret_names(group)}
    return tuple(create_secret(namespace(deployment), name) for name in sorted(names))


def left_behind(deployment: Deployment) -> Iterator[str]:
    """What the files do not carry over, one line each."""
    exported, cloud = services(deployment), cloud_of(deployment)
    if rest := [group.name for group in deployment.groups if group not in exported]:
        yield f"worker pools and jobs: {', '.join(rest)}"
    if called := [group.name for group in exported if cloud.service(group.name).invokers]:
        yield f"invokers ({', '.join(called)}): Knative does not authenticate callers; use a mesh or a gateway"
    for group in exported:
        if found := databases(group, deployment):
            yield f"databases of {group.name} ({', '.join(found)}): provide one, and its address as environment"
        if any(container.hardening.weakened for container in group.containers):
            yield f"weaker hardening of {group.name}: the restricted level refuses it"
    if any(secret.candidate_version for secret in cloud.secrets.values()):
        yield "secret versions of a candidate: a cluster's secret has one value, which both revisions read"
    if cloud.front_door:
        yield f"the front door {cloud.front_door.host}: map it with a DomainMapping, and limit requests at the gateway"
    if cloud.observation or cloud.budget:
        yield "alerts and the budget"


def rollouts(deployment: Deployment) -> Iterator[str]:
    """How to apply a rollout under way to a cluster that has neither revision."""
    for group in services(deployment):
        if live_service(group, deployment):
            ready = f"`kubectl wait -n {namespace(deployment)} ksvc/{group.name} --for=condition=Ready`"
            yield f"{group.name}: apply its -live file, run {ready}, then apply the other file"
