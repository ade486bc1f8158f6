"""The control plane judges as a real one: what later tests read from it means something."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.kubernetes.client import ApiError, Client, Object
from tests.kubernetes.conftest import AddNodes, NewNamespace
from tests.kubernetes.helm import Helm
from tests.kubernetes.nodes import Node, kubelets

pytestmark = pytest.mark.kubernetes

IMAGE = "registry.invalid/nothing:1"
GPU = "nvidia.com/gpu"


def a_pod(namespace: str, name: str = "hardened", **resources: str) -> Object:
    """A pod that the restricted level takes; `resources` are both requested and limits."""
    container = {
        "name": "main",
        "image": IMAGE,
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        "resources": {"requests": resources, "limits": resources},
    }
    security = {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "labels": {"app": "trial"}},
        "spec": {"securityContext": security, "containers": [container]},
    }


def a_deployment(namespace: str, image: str = IMAGE) -> Object:
    """Two such pods, replaced one by one."""
    pod = a_pod(namespace)
    pod["spec"]["containers"][0]["image"] = image
    template = {"metadata": {"labels": {"app": "trial"}}, "spec": pod["spec"]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "trial", "namespace": namespace},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": {"app": "trial"}},
            "strategy": {"rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
            "template": template,
        },
    }


def test_a_hardened_pod_is_admitted(client: Client, namespace: str) -> None:
    admitted = client.apply(a_pod(namespace))
    assert admitted["spec"]["serviceAccountName"] == "default"


@pytest.mark.parametrize(
    ("named", "pod", "container"),
    [
        ("runAsUser=0", {"securityContext": {"runAsUser": 0, "seccompProfile": {"type": "RuntimeDefault"}}}, {}),
        ("privileged", {}, {"securityContext": {"privileged": True}}),
        ("restricted volume types", {"volumes": [{"name": "root", "hostPath": {"path": "/"}}]}, {}),
        ("host namespaces", {"hostNetwork": True}, {}),
        ("unrestricted capabilities", {}, {"securityContext": {"allowPrivilegeEscalation": False}}),
    ],
)
def test_a_pod_that_is_not_hardened_is_refused(
    client: Client, namespace: str, named: str, pod: Mapping[str, Any], container: Mapping[str, Any]
) -> None:
    manifest = a_pod(namespace)
    manifest["spec"].update(pod)
    manifest["spec"]["containers"][0].update(container)
    with pytest.raises(ApiError, match='violates PodSecurity "restricted:latest"') as refusal:
        client.apply(manifest)
    assert refusal.value.code == 403
    assert named in str(refusal.value)


def test_a_dry_run_is_judged_and_leaves_nothing(client: Client, namespace: str) -> None:
    hardened = a_pod(namespace)
    client.apply(hardened, dry_run=True)
    assert client.read(hardened) is None
    privileged = deepcopy(hardened)
    privileged["spec"]["containers"][0]["securityContext"]["privileged"] = True
    with pytest.raises(ApiError):
        client.apply(privileged, dry_run=True)


def test_a_misspelled_field_is_refused(client: Client, namespace: str) -> None:
    manifest = a_pod(namespace)
    manifest["spec"]["containers"][0]["imagePulPolicy"] = "Always"
    with pytest.raises(ApiError, match="imagePulPolicy"):
        client.apply(manifest)


def test_of_two_pods_that_want_the_only_gpu_one_waits(client: Client, namespace: str, add_nodes: AddNodes) -> None:
    add_nodes(Node("with-a-gpu", extended={GPU: 1}), Node("without"))
    pods = [client.apply(a_pod(namespace, name, **{GPU: "1"})) for name in ("first", "second")]
    waits = client.wait(lambda: _refused_by_scheduler(client, namespace), "one pod cannot be placed")
    assert f"Insufficient {GPU}" in waits["message"]
    placed = [pod["spec"].get("nodeName") for pod in map(client.read, pods) if pod]
    assert sorted(placed, key=str) == [None, "with-a-gpu"]


def test_a_quota_on_limits_refuses_a_pod_without_limits(client: Client, namespace: str) -> None:
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "budget", "namespace": namespace},
        "spec": {"hard": {"limits.memory": "1Gi", "limits.cpu": "1"}},
    }
    client.apply(quota)
    client.wait(lambda: (client.read(quota) or {}).get("status", {}).get("hard"), "the quota is counted")
    with pytest.raises(ApiError, match=r"must specify limits\.cpu for: main; limits\.memory for: main"):
        client.apply(a_pod(namespace))
    client.apply(a_pod(namespace, "small", memory="600Mi", cpu="500m"))
    with pytest.raises(ApiError, match="exceeded quota: budget"):
        client.apply(a_pod(namespace, "one-too-many", memory="600Mi", cpu="500m"))


def test_a_rollout_waits_for_each_new_pod_to_be_ready(client: Client, namespace: str, add_nodes: AddNodes) -> None:
    node = Node("rolls-out")
    add_nodes(node)
    broken = "registry.invalid/broken:1"
    with kubelets(client, [node], lambda pod: pod["spec"]["containers"][0]["image"] != broken):
        made = client.apply(a_deployment(namespace))
        client.wait(lambda: _ready_images(client, namespace) == [IMAGE, IMAGE], "both pods are ready")
        client.apply(a_deployment(namespace, broken))
        client.wait(lambda: len(client.list("v1", "Pod", namespace)) == 3, "one new pod next to the old ones")
        assert _ready_images(client, namespace) == [IMAGE, IMAGE]
        newer = "registry.invalid/nothing:2"
        client.apply(a_deployment(namespace, newer))
        client.wait(lambda: _ready_images(client, namespace) == [newer, newer], "both pods are of the new image")
        client.delete(made)
        client.wait(lambda: not client.list("v1", "Pod", namespace), "its pods are gone with it")


def test_a_claim_gets_a_volume_of_its_size(client: Client, namespace: str, add_nodes: AddNodes) -> None:
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data", "namespace": namespace},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "3Gi"}}},
    }
    client.apply(claim)
    with kubelets(client, []):
        client.wait(lambda: (client.read(claim) or {})["status"]["phase"] == "Bound", "the claim is bound")
    bound = client.read(claim)
    assert bound
    assert bound["status"]["capacity"] == {"storage": "3Gi"}


@pytest.mark.usefixtures("custom_kinds")
def test_custom_kinds_are_judged_by_their_own_schemas(client: Client, namespace: str) -> None:
    scaled: Object = {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": {"name": "trial", "namespace": namespace},
        "spec": {"scaleTargetRef": {"name": "trial"}, "triggers": [{"type": "cron", "metadata": {}}]},
    }
    client.apply(scaled)
    del scaled["spec"]["triggers"]
    with pytest.raises(ApiError, match=r"spec\.triggers: Required value"):
        client.apply({**scaled, "metadata": {"name": "other", "namespace": namespace}})
    route = {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": "trial", "namespace": namespace},
        "spec": {"parentRefs": [{"name": "gateway"}], "rules": [{"backendRefs": [{"name": "trial", "port": 70000}]}]},
    }
    with pytest.raises(ApiError, match="less than or equal to 65535"):
        client.apply(route)


def test_a_service_account_may_do_only_what_a_role_gives_it(client: Client, namespace: str) -> None:
    account = client.as_service_account(namespace, "default")
    with pytest.raises(ApiError, match=f"system:serviceaccount:{namespace}:default.* cannot list resource .secrets"):
        account.call("GET", f"/api/v1/namespaces/{namespace}/secrets")


def test_helm_installs_a_chart_and_rolls_back_its_values(
    client: Client, helm: Helm, namespace: str, tmp_path: Path
) -> None:
    settings = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings", "namespace": namespace}}
    chart = tmp_path / "chart"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("{apiVersion: v2, name: trial, version: 0.1.0}")
    (chart / "values.yaml").write_text("{mood: calm}")
    (chart / "templates/settings.yaml").write_text(
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {mood: {{ .Values.mood }}}}"
    )
    release = ("--namespace", namespace)
    helm.run("lint", "--strict", str(chart))
    helm.run("install", "trial", str(chart), *release)
    helm.run("upgrade", "trial", str(chart), "--set", "mood=wild", *release)
    assert (client.read(settings) or {})["data"] == {"mood": "wild"}
    helm.run("rollback", "trial", *release)
    assert (client.read(settings) or {})["data"] == {"mood": "calm"}


def test_namespaces_are_apart(client: Client, new_namespace: NewNamespace) -> None:
    first, second = new_namespace(), new_namespace()
    client.apply(a_pod(first))
    assert not client.list("v1", "Pod", second)


def _refused_by_scheduler(client: Client, namespace: str) -> Object | None:
    """What the scheduler says of the first pod that it cannot place."""
    for pod in client.list("v1", "Pod", namespace):
        for condition in pod["status"].get("conditions", ()):
            if condition["type"] == "PodScheduled" and condition["status"] == "False":
                found: Object = condition
                return found
    return None


def _ready_images(client: Client, namespace: str) -> list[str]:
    """The images of the pods that are ready and not about to end."""
    return [
        pod["spec"]["containers"][0]["image"]
        for pod in client.list("v1", "Pod", namespace)
        if "deletionTimestamp" not in pod["metadata"]
        for condition in pod["status"].get("conditions", ())
        if condition["type"] == "Ready" and condition["status"] == "True"
    ]
