"""The shipped cluster stack on a real control plane: admitted, placed as planned, unchanged when applied again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy

import pytest

from fleet.plan.deployment import Deployment
from tests.kubernetes import shipped
from tests.kubernetes.client import ApiError, Client, Object

pytestmark = pytest.mark.kubernetes

Break = Callable[[Object], None]
NAMESPACE = "fleet"


@pytest.fixture(scope="module")
def plan() -> Deployment:
    return shipped.plan_of("cluster")


@pytest.fixture(scope="module")
def deployed(client: Client, plan: Deployment) -> Iterator[Deployment]:
    """Everything of the stack, and every group's pods ready."""
    with shipped.running(client, plan):
        for group in plan.groups:
            wanted = group.operation.scaling.min
            client.wait(
                lambda name=group.name, n=wanted: ready(client, plan, name) == n,  # type: ignore[misc]
                f"{group.name} has {wanted} ready pods",
                seconds=60,
            )
        yield plan


def ready(client: Client, plan: Deployment, group: str) -> int:
    return sum(map(shipped.is_ready, shipped.pods_of(client, plan, group)))


def test_every_group_has_its_pods_in_namespaces_that_enforce_the_restricted_level(
    client: Client, deployed: Deployment
) -> None:
    for namespace in deployed.namespaces:
        found = client.get("v1", "Namespace", namespace.name)
        assert found
        assert found["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
        assert len(client.list("v1", "Pod", namespace.name)) == namespace.least.pods


def test_applying_it_again_changes_nothing(client: Client, deployed: Deployment) -> None:
    def versions() -> dict[str, tuple[object, object]]:
        """Of every object: its generation, and who wrote which field when."""
        found = {}
        for manifest in shipped.objects(deployed):
            about = (client.read(manifest) or {})["metadata"]
            ours = [entry for entry in about["managedFields"] if entry["manager"] == "fleet-tests"]
            found[f"{manifest['kind']} {about.get('namespace', '')}/{about['name']}"] = (about.get("generation"), ours)
        return found

    before = versions()
    shipped.apply_all(client, deployed)
    assert versions() == before


def test_cards_are_given_as_planned_and_the_surplus_waits(client: Client, deployed: Deployment) -> None:
    (pool,) = deployed.pools
    group = "gpu-classifier"
    asked = pool.cards + 2
    shown = client.get("apps/v1", "Deployment", group, NAMESPACE)
    assert shown
    scaler = shipped.the(deployed, f"{group}-scaling")
    # The autoscaler has no figures here, so that its least is what runs.
    client.apply({**scaler, "spec": {**scaler["spec"], "minReplicas": asked}})
    try:
        client.wait(lambda: len(shipped.pods_of(client, deployed, group)) == asked, f"{asked} pods", seconds=60)
        client.wait(lambda: ready(client, deployed, group) == pool.cards, "as many run as there are cards")
        pods = shipped.pods_of(client, deployed, group)
        placed = [pod["spec"]["nodeName"] for pod in pods if "nodeName" in pod["spec"]]
        assert sorted(placed) == sorted(node.name for node in shipped.nodes_of(deployed) if node.extended)
        assert len(pods) - len(placed) == asked - pool.placed("copies_max")
        assert all(
            f"Insufficient {shipped.CARD}" in condition["message"]
            for pod in pods
            if "nodeName" not in pod["spec"]
            for condition in pod["status"]["conditions"]
            if condition["type"] == "PodScheduled"
        )
    finally:
        client.apply(scaler)


def test_every_autoscaler_finds_what_it_scales(client: Client, deployed: Deployment) -> None:
    elastic = [group for group in deployed.groups if group.operation.scaling.is_elastic]
    assert elastic

    def able(namespace: str) -> list[str]:
        return [
            scaler["spec"]["scaleTargetRef"]["name"]
            for scaler in client.list("autoscaling/v2", "HorizontalPodAutoscaler", namespace)
            for condition in scaler.get("status", {}).get("conditions", ())
            if condition["type"] == "AbleToScale" and condition["status"] == "True"
        ]

    names = [namespace.name for namespace in deployed.namespaces]
    client.wait(lambda: sum(len(able(name)) for name in names) == len(elastic), "every autoscaler", seconds=60)


def test_a_new_image_rolls_without_exceeding_the_surge(client: Client, deployed: Deployment) -> None:
    group = "gitops-controller"
    wanted = next(g.operation for g in deployed.groups if g.name == group)
    manifest = deepcopy(shipped.the(deployed, f"{group}-pods"))
    newer = "ghcr.io/owner/fleet/gitops-controller:0.2.0"
    manifest["spec"]["template"]["spec"]["containers"][0]["image"] = newer
    seen: list[tuple[int, int]] = []
    client.apply(manifest)
    try:

        def rolled() -> bool:
            pods = shipped.pods_of(client, deployed, group)
            seen.append((len(pods), sum(map(shipped.is_ready, pods))))
            images = {pod["spec"]["containers"][0]["image"] for pod in pods}
            return images == {newer} and seen[-1] == (wanted.scaling.min, wanted.scaling.min)

        client.wait(rolled, "all pods are of the new image", seconds=60)
        assert max(count for count, _ in seen) <= wanted.scaling.min + wanted.rollout.surge
        assert min(able for _, able in seen) >= wanted.scaling.min - wanted.rollout.unavailable
        assert len({count for count, _ in seen}) > 1, "no pod was ever seen next to the old ones"
    finally:
        client.apply(shipped.the(deployed, f"{group}-pods"))


def main(pod: Object) -> Object:
    container: Object = pod["spec"]["containers"][0]
    return container


def as_root(pod: Object) -> None:
    main(pod)["securityContext"]["runAsUser"] = 0


def privileged(pod: Object) -> None:
    main(pod)["securityContext"] |= {"privileged": True, "allowPrivilegeEscalation": True}


def with_a_folder_of_the_node(pod: Object) -> None:
    pod["spec"]["volumes"].append({"name": "root", "hostPath": {"path": "/"}})


def on_the_nodes_network(pod: Object) -> None:
    pod["spec"]["hostNetwork"] = True


def with_a_capability(pod: Object) -> None:
    main(pod)["securityContext"]["capabilities"] = {"drop": ["ALL"], "add": ["NET_ADMIN"]}


def larger_than_any(pod: Object) -> None:
    main(pod)["resources"]["limits"]["memory"] = "64Gi"


@pytest.mark.parametrize(
    ("break_it", "says"),
    [
        (as_root, "runAsUser=0"),
        (privileged, "privileged"),
        (with_a_folder_of_the_node, "restricted volume types"),
        (on_the_nodes_network, "host namespaces"),
        (with_a_capability, "unrestricted capabilities"),
        (larger_than_any, "maximum memory usage per Container is"),
    ],
)
def test_a_broken_variant_of_a_shipped_pod_is_refused(
    client: Client, deployed: Deployment, break_it: Break, says: str
) -> None:
    template = deepcopy(shipped.the(deployed, "email-parser-pods")["spec"]["template"])
    metadata = {**template["metadata"], "name": "broken", "namespace": NAMESPACE}
    # It belongs to nobody, so that no controller counts it.
    metadata["labels"] = {}
    pod: Object = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}
    client.apply(pod, dry_run=True)
    break_it(pod)
    with pytest.raises(ApiError, match=says) as refusal:
        client.apply(pod, dry_run=True)
    assert refusal.value.code == 403


def test_a_pod_without_limits_gets_the_namespaces_or_is_refused(client: Client, deployed: Deployment) -> None:
    template = deepcopy(shipped.the(deployed, "mcp-pods")["spec"]["template"])
    metadata = {"name": "unlimited", "namespace": NAMESPACE}
    pod: Object = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}
    del main(pod)["resources"]["limits"]
    main(pod)["resources"]["requests"] = {}
    admitted = client.apply(pod, dry_run=True)
    assert main(admitted)["resources"]["limits"] == {"cpu": "500m", "memory": "256Mi"}
    limits = shipped.the(deployed, "fleet-limits")
    client.delete(limits)
    try:
        client.wait(lambda: client.read(limits) is None, "no limits are set for the namespace")
        with pytest.raises(ApiError, match="must specify limits"):
            client.apply(pod, dry_run=True)
    finally:
        client.apply(limits)


def test_a_workload_that_does_not_select_its_own_pods_is_refused(client: Client, deployed: Deployment) -> None:
    manifest = deepcopy(shipped.the(deployed, "mcp-pods"))
    manifest["metadata"]["name"] = "astray"
    manifest["spec"]["selector"]["matchLabels"] = {"fleet.group": "another"}
    with pytest.raises(ApiError, match=r"selector.*does not match template"):
        client.apply(manifest, dry_run=True)


def test_a_second_writer_never_runs_next_to_the_first(client: Client, deployed: Deployment) -> None:
    assert len(shipped.pods_of(client, deployed, "agentdb")) == 1
    workload = client.get("apps/v1", "StatefulSet", "agentdb", NAMESPACE)
    assert workload
    assert workload["spec"]["replicas"] == 1


def test_nothing_is_open_to_the_world(client: Client, deployed: Deployment) -> None:
    for namespace in deployed.namespaces:
        kinds = {service["spec"]["type"] for service in client.list("v1", "Service", namespace.name)}
        assert kinds <= {"ClusterIP"}
        node_port = {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "open", "namespace": namespace.name},
            "spec": {"type": "NodePort", "selector": {"fleet.group": "mcp"}, "ports": [{"port": 80}]},
        }
        with pytest.raises(ApiError, match="exceeded quota: fleet"):
            client.apply(node_port)
