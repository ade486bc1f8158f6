"""Exported Knative services on a real control plane: it takes every object, and admits the pods under restricted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from components.cloudrun import knative
from fleet.plan.deployment import Deployment
from tests.kubernetes.client import ApiError, Client, Object
from tests.trial_cloud import PROJECT, trial

pytestmark = [pytest.mark.kubernetes, pytest.mark.usefixtures("custom_kinds")]

ROLLOUT = {"front": {"candidate": f"us-central1-docker.pkg.dev/{PROJECT}/fleet/front:0.2.0", "percent": 10}}
_numbers = count(1)


@pytest.fixture
def deployment(client: Client) -> Iterator[Deployment]:
    """The stack with a rollout under way, under a name that no other test has; what bears it goes at the end."""
    planned = trial(rollouts=ROLLOUT)
    named = planned.machine.model_copy(update={"name": f"knative-{next(_numbers)}"})
    planned = replace(planned, machine=named)
    namespace, *rest = knative.shared_objects(planned)
    client.apply(namespace)
    client.wait(lambda: client.get("v1", "ServiceAccount", "default", knative.namespace(planned)), "it has an account")
    for found in rest:
        client.apply(found)
    yield planned
    client.delete(namespace)


def test_the_api_takes_every_service_and_drops_no_field(client: Client, deployment: Deployment) -> None:
    for group in knative.services(deployment):
        for found in filter(None, (knative.live_service(group, deployment), knative.service(group, deployment))):
            kept = client.apply(found)
            assert not list(_lost(found["spec"], kept["spec"]))


def test_a_field_that_knative_does_not_know_is_refused(client: Client, deployment: Deployment) -> None:
    (found,) = (knative.service(g, deployment) for g in knative.services(deployment) if g.name == "store")
    found["spec"]["template"]["spec"]["containerConcurency"] = 1
    with pytest.raises(ApiError, match="containerConcurency"):
        client.apply(found)


def test_the_pods_are_admitted_by_the_restricted_level(client: Client, deployment: Deployment) -> None:
    for group in knative.services(deployment):
        client.apply(_pod(knative.service(group, deployment)))


@pytest.mark.parametrize(
    ("field", "value"), [("allowPrivilegeEscalation", True), ("runAsUser", 0), ("capabilities", {"drop": []})]
)
def test_a_pod_with_a_lock_less_is_refused(field: str, value: object, client: Client, deployment: Deployment) -> None:
    pod = _pod(knative.service(knative.services(deployment)[0], deployment))
    pod["spec"]["containers"][0]["securityContext"][field] = value
    with pytest.raises(ApiError, match=r'violates PodSecurity "restricted:latest"'):
        client.apply(pod, dry_run=True)


def _lost(sent: Any, kept: Any, path: str = "spec") -> Iterator[str]:
    """Paths of what was sent and is not there; the server adds defaults of its own."""
    if isinstance(sent, dict) and isinstance(kept, dict):
        for key, value in sent.items():
            yield from _lost(value, kept.get(key), f"{path}.{key}")
    elif isinstance(sent, list) and isinstance(kept, list) and len(sent) == len(kept):
        for index, value in enumerate(sent):
            yield from _lost(value, kept[index], f"{path}.{index}")
    elif sent != kept:
        yield f"{path}: {sent!r} became {kept!r}"


def _pod(service: Object) -> Object:
    """The pod that Knative makes of a service's template, without the proxy that it adds."""
    template = service["spec"]["template"]
    spec = {key: value for key, value in template["spec"].items() if key not in _KNATIVES_OWN}
    metadata = {"name": service["metadata"]["name"], "namespace": service["metadata"]["namespace"]}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {**metadata, "labels": template["metadata"]["labels"]},
        "spec": spec,
    }


_KNATIVES_OWN = ("containerConcurrency", "timeoutSeconds")
