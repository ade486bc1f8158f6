"""Stacks as their files describe them, on the control plane: nodes for their pools, and all their objects."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from components.kubernetes.manifests.base import Manifest
from components.kubernetes.render import render
from fleet.load.project import load_project
from fleet.plan.deployment import Deployment
from fleet.plan.planner import plan_stack
from tests.kubernetes import nodes
from tests.kubernetes.client import Client, Object
from tests.kubernetes.cluster import ROOT
from tests.kubernetes.nodes import Node, kubelets

CARD = "nvidia.com/gpu"


def plan_of(stack: str) -> Deployment:
    """The plan of a stack of this project."""
    return plan_stack(load_project(ROOT).fleet, stack)


def nodes_of(plan: Deployment) -> list[Node]:
    """A node for each that the stack's file counts, with its label and its cards."""
    cluster = plan.machine.cluster
    assert cluster is not None
    return [
        Node(
            name=f"{plan.stack}-{pool}-{number}",
            cpu=str(about.cpus),
            memory=f"{about.memory_mib}Mi",
            arch=str(about.arch),
            labels={cluster.pool_label: pool},
            extended={CARD: about.gpu.per_node} if about.gpu else {},
        )
        for pool, about in cluster.node_pools.items()
        for number in range(about.nodes)
    ]


def objects(plan: Deployment) -> list[Object]:
    """Every object of a plan, in the order they can be created."""
    return [dict(manifest.object) for manifest in render(plan)]


def the(plan: Deployment, key: str) -> Object:
    """One object of a plan, by its key in the render."""
    found: list[Manifest] = [manifest for manifest in render(plan) if manifest.key == key]
    assert len(found) == 1, key
    return dict(found[0].object)


def apply_all(client: Client, plan: Deployment) -> list[Object]:
    """Applies every object, as the server then has them; namespaces are ready before anything goes into them."""
    applied = []
    for manifest in objects(plan):
        applied.append(client.apply(manifest))
        if manifest["kind"] == "Namespace":
            name = manifest["metadata"]["name"]
            client.wait(lambda name=name: client.get("v1", "ServiceAccount", "default", name), f"{name} is ready")  # type: ignore[misc]
    return applied


@contextmanager
def running(client: Client, plan: Deployment) -> Iterator[None]:
    """The stack's nodes and all its objects, with kubelets that report its pods as running; gone at the end."""
    machines = nodes_of(plan)
    nodes.register(client, machines)
    try:
        with kubelets(client, machines):
            apply_all(client, plan)
            yield
            for manifest in reversed(objects(plan)):
                if manifest["kind"] in ("Namespace", "PriorityClass"):
                    client.delete(manifest)
    finally:
        nodes.remove(client, machines)


def pods_of(client: Client, plan: Deployment, group: str) -> list[Object]:
    """The pods of a group that are not about to end."""
    cluster = plan.machine.cluster
    assert cluster is not None
    tenant = next(planned.tenant for planned in plan.groups if planned.name == group)
    found = client.list("v1", "Pod", cluster.namespace_of(tenant), labels=f"fleet.group={group}")
    return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]


def is_ready(pod: Object) -> bool:
    """Whether a pod takes requests."""
    conditions = pod.get("status", {}).get("conditions", ())
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)
