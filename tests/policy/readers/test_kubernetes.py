"""Kubernetes' readers: pods and what is around them end up where rules look, merged as a cluster merges them."""

from __future__ import annotations

from typing import Any

import pytest

from fleet import labels
from policy.readers.quantities import mebibytes, quantity
from policy.readers.stack import collection_of, stack_view
from policy.views.container import ContainerPort, ContainerView, Mount, Probe
from policy.views.kubernetes import PodView, PodVolume
from policy.views.registered import UNKNOWN, Registered
from tests.policy.builders import provider
from tests.policy.kubernetes_builders import (
    GPU_TAGS,
    NAMESPACE,
    cluster,
    gpu_workload,
    kubernetes,
    network_policy,
    node_pool,
    pod_container,
    pod_secure,
    pod_spec,
    secure,
    template,
    workload,
)


def _pod(resource: Registered) -> PodView:
    (view,) = stack_view([resource]).pods
    return view


def _container(**changes: Any) -> ContainerView:
    (view,) = stack_view([workload(**changes)]).containers
    return view


def test_a_hardened_workload_is_read_in_full() -> None:
    view = _container()
    assert (view.subject, view.name, view.target, view.role) == ("agent/main", "main", "kubernetes", "main")
    assert (view.user, view.groups, view.non_root) == ("10001:10001", ("10001",), True)
    assert (view.seccomp, view.no_new_privileges, view.read_only_root) == ("runtime-default", True, True)
    assert view.capabilities_dropped == ("ALL",)
    assert (view.memory_limit_mib, view.memory_request_mib) == (1024, 512)
    assert (view.cpu_limit, view.cpu_request) == (1.5, 0.5)
    assert (view.storage_limit_mib, view.storage_request_mib) == (1024, 256)
    assert view.mounts == (Mount("tmp", "/tmp", "tmpfs", memory_mib=64),)
    assert view.container_ports == (ContainerPort(8000, "http"),)
    assert view.probes[0] == Probe("liveness", "httpGet http /health", "http", 90)
    assert view.labels == {labels.GROUP: "agentic-flow", labels.CONTAINER: "main"}
    assert view.unknown == frozenset()


def test_a_bare_container_is_read_as_absent() -> None:
    pod = Registered("kubernetes:core/v1:Pod", "x", "urn:x", inputs={"spec": {"containers": [{"name": "c"}]}})
    expected = ContainerView("x/c", "kubernetes", "c", urn="urn:x", stop_grace_s=30)
    assert stack_view([pod]).containers == (expected,)


def test_a_pod_as_a_whole_is_read() -> None:
    view = _pod(workload(pod={"nodeSelector": {"fleet.local/pool": "gpu"}, "hostAliases": [{"ip": "10.0.0.1"}]}))
    assert (view.kind, view.name, view.namespace, view.replicas) == ("Deployment", "agent", NAMESPACE, 1)
    assert (view.service_account, view.token) == ("agent", False)
    assert view.node_selector == {"fleet.local/pool": "gpu"}
    assert view.volumes == (PodVolume("tmp", "emptyDir", in_memory=True, size_limited=True),)
    assert view.host_aliases == ("10.0.0.1",)
    assert view.pod_labels[labels.GROUP] == "agentic-flow"
    assert not view.bare


@pytest.mark.parametrize(
    ("token", "spec"),
    [
        ("core/v1:Pod", pod_spec()),
        ("core/v1:ReplicationController", {"template": template()}),
        ("apps/v1:DaemonSet", {"template": template()}),
        ("apps/v1:ReplicaSet", {"template": template()}),
        ("apps/v1:StatefulSet", {"template": template()}),
        ("apps/v1beta2:Deployment", {"template": template()}),
        ("batch/v1:Job", {"template": template()}),
        ("batch/v1:CronJob", {"jobTemplate": {"spec": {"template": template()}}}),
        ("keda.sh/v1alpha1:ScaledJob", {"jobTargetRef": {"template": template()}}),
        ("argoproj.io/v1alpha1:Rollout", {"template": template()}),
    ],
)
def test_a_pod_is_found_in_each_kind_of_workload(token: str, spec: dict[str, Any]) -> None:
    stack = stack_view([kubernetes(token, "x", spec=spec)])
    assert [view.subject for view in stack.containers] == ["x/main"]
    assert stack.pods[0].service_account == "agent"


def test_init_sidecar_and_ephemeral_containers_are_read() -> None:
    pod = {
        "initContainers": [pod_container("prepare"), pod_container("proxy", restartPolicy="Always")],
        "ephemeralContainers": [pod_container("debug")],
    }
    found = stack_view([workload(pod=pod)]).containers
    assert [(view.name, view.role) for view in found] == [
        ("main", "main"), ("prepare", "init"), ("proxy", "sidecar"), ("debug", "ephemeral"),
    ]  # fmt: skip
    assert [view.one_shot for view in found] == [False, True, False, True]


class TestMerging:
    """What a container says goes before what its pod says."""

    def test_ids(self) -> None:
        view = _container(securityContext=secure(runAsUser=20000), pod=pod_secure(supplementalGroups=[29]))
        assert (view.user, view.groups) == ("20000:10001", ("29", "10001"))

    def test_a_flag_that_is_taken_back(self) -> None:
        assert not _container(securityContext=secure(runAsNonRoot=False)).non_root

    def test_profiles_and_selinux_options(self) -> None:
        pod = pod_secure(appArmorProfile={"type": "Unconfined"}, seLinuxOptions={"type": "spc_t"})
        assert _container(pod=pod).apparmor == "unconfined"
        assert _container(pod=pod).selinux == (("type", "spc_t"),)
        own = secure(appArmorProfile={"type": "RuntimeDefault"}, seLinuxOptions={"level": "s0"})
        assert _container(pod=pod, securityContext=own).apparmor == "runtime-default"
        assert _container(pod=pod, securityContext=own).selinux == (("level", "s0"),)

    def test_what_only_a_container_can_say_is_not_taken_from_its_pod(self) -> None:
        assert not _container(pod=pod_secure(privileged=True)).privileged

    def test_a_limit_stands_for_a_request_that_is_not_given(self) -> None:
        view = _container(resources={"limits": {"memory": "1Gi", "cpu": 2}})
        assert (view.memory_request_mib, view.cpu_request) == (1024, 2.0)


class TestMounts:
    """A mount is what its volume is."""

    @pytest.mark.parametrize(
        ("volume", "mount"),
        [
            ({"hostPath": {"path": "/data"}}, Mount("/data", "/x", "bind")),
            ({"persistentVolumeClaim": {"claimName": "data"}}, Mount("data", "/x", "volume")),
            ({"persistentVolumeClaim": {"claimName": "d", "readOnly": True}}, Mount("d", "/x", "volume", True)),
            ({"emptyDir": {}}, Mount("v", "/x", "emptyDir")),
            ({"secret": {"secretName": "s"}}, Mount("v", "/x", "secret", True)),
            ({}, Mount("v", "/x", "")),
        ],
    )
    def test_of(self, volume: dict[str, Any], mount: Mount) -> None:
        pod = {"volumes": [{"name": "v", **volume}]}
        assert _container(pod=pod, volumeMounts=[{"name": "v", "mountPath": "/x"}]).mounts == (mount,)

    def test_a_device_of_the_host(self) -> None:
        pod = {"volumes": [{"name": "v", "hostPath": {"path": "/dev/nvidia0"}}]}
        assert _container(pod=pod, volumeMounts=[{"name": "v", "mountPath": "/x"}]).devices == ("/dev/nvidia0",)


class TestLabels:
    """A container's labels travel as annotations of its pod, under the container's name."""

    def test_each_container_has_its_own(self) -> None:
        meta = {"annotations": {"fleet.local/main.gpu.card": "a", "fleet.local/proxy.gpu.card": "b", "other/x": "c"}}
        spec = {"containers": [pod_container(), pod_container("proxy")]}
        pod = kubernetes("apps/v1:Deployment", "x", spec={"template": {"metadata": meta, "spec": spec}})
        found = stack_view([pod]).containers
        assert [view.labels for view in found] == [{labels.GPU_CARD: "a"}, {labels.GPU_CARD: "b"}]

    def test_a_gpu_s_budget(self) -> None:
        view = _container(tags=GPU_TAGS)
        assert view.labels[labels.GPU_REQUEST_MIB] == "6656"
        assert not view.gpu


def test_a_gpu_is_recognized_by_its_resource() -> None:
    (view,) = stack_view([gpu_workload()]).containers
    assert view.gpu
    assert view.devices_asked == {"nvidia.com/gpu": 1}


class TestUnknown:
    """What cannot be seen is named, and never taken for absent."""

    @pytest.mark.parametrize("hidden", [pytest.param(UNKNOWN, id="unknown"), pytest.param("[secret]", id="hidden")])
    @pytest.mark.parametrize(
        ("key", "field"),
        [
            ("image", "image"),
            ("securityContext", "user"),
            ("securityContext", "seccomp"),
            ("securityContext", "capabilities_dropped"),
            ("resources", "memory_limit_mib"),
            ("resources", "gpu"),
            ("livenessProbe", "health_check"),
            ("readinessProbe", "probes"),
            ("env", "env"),
            ("envFrom", "env_secrets"),
            ("command", "args"),
            ("ports", "ports"),
            ("volumeMounts", "mounts"),
            ("imagePullPolicy", "pull_policy"),
            ("lifecycle", "probe_hosts"),
        ],
    )
    def test_of_a_container(self, key: str, field: str, hidden: object) -> None:
        assert field in _container(**{key: hidden}).unknown

    def test_of_one_container_and_not_of_its_neighbour(self) -> None:
        pod = {"containers": [pod_container(image=UNKNOWN), pod_container("proxy")]}
        first, second = stack_view([workload(pod=pod)]).containers
        assert first.unknown == {"image"}
        assert second.unknown == frozenset()

    def test_of_a_pod_s_context_in_every_container(self) -> None:
        assert {"user", "non_root"} <= _container(pod={"securityContext": UNKNOWN}).unknown
        assert "user" in _container(pod=pod_secure(runAsUser=UNKNOWN)).unknown

    def test_of_a_pod_s_user_that_its_container_overrules(self) -> None:
        view = _container(pod=pod_secure(runAsUser=UNKNOWN), securityContext=secure(runAsUser=20000))
        assert "user" not in view.unknown

    @pytest.mark.parametrize(
        "inputs",
        [
            pytest.param({"spec": UNKNOWN}, id="the spec"),
            pytest.param({"spec": {"template": UNKNOWN}}, id="the template"),
            pytest.param({"spec": {"template": {"spec": "[secret]"}}}, id="the pod's spec"),
            pytest.param({"spec": {"template": {"spec": {"containers": UNKNOWN}}}}, id="the containers"),
            pytest.param({"spec": {"template": {"spec": {"containers": [UNKNOWN]}}}}, id="a container"),
        ],
    )
    def test_containers_that_cannot_be_seen_are_stood_for_by_one(self, inputs: dict[str, Any]) -> None:
        (view,) = stack_view([Registered("kubernetes:apps/v1:Deployment", "x", "urn:x", inputs=inputs)]).containers
        assert view.name == "(unknown)"
        assert {"user", "image", "labels", "gpu"} <= view.unknown

    def test_annotations_that_cannot_be_seen(self) -> None:
        inner = {"metadata": {"annotations": UNKNOWN}, "spec": pod_spec()}
        (view,) = stack_view([kubernetes("apps/v1:Deployment", "x", spec={"template": inner})]).containers
        assert view.unknown == {"labels", "apparmor"}


class TestNamespaces:
    """An object that names no namespace is where its provider puts it."""

    def test_its_own(self) -> None:
        assert _pod(workload()).namespace == NAMESPACE

    def test_its_provider_s(self) -> None:
        stack = [provider("k", "kubernetes", namespace="team"), kubernetes("core/v1:Service", "s", None, spec={})]
        assert stack_view(stack).services[0].namespace == "team"

    def test_kubernetes_default(self) -> None:
        assert stack_view([kubernetes("core/v1:Service", "s", None, spec={})]).services[0].namespace == "default"

    def test_none_for_what_belongs_to_the_cluster(self) -> None:
        role = kubernetes("rbac.authorization.k8s.io/v1:ClusterRole", "r", None, rules=[])
        assert stack_view([role]).roles[0].namespace == ""


class TestReplicas:
    """How many of a container run at least decides sums."""

    @pytest.mark.parametrize(("given", "count"), [(None, 1), (3, 3), (0, 0)])
    def test_as_given(self, given: int | None, count: int) -> None:
        assert stack_view([workload(spec={"replicas": given})]).containers[0].replicas == count

    @pytest.mark.parametrize(
        ("token", "spec", "count"),
        [
            ("autoscaling/v2:HorizontalPodAutoscaler", {"minReplicas": 3, "maxReplicas": 10}, 3),
            ("keda.sh/v1alpha1:ScaledObject", {"maxReplicaCount": 10}, 1),
        ],
    )
    def test_the_least_of_its_scaler(self, token: str, spec: dict[str, Any], count: int) -> None:
        scaler = kubernetes(token, "s", spec={"scaleTargetRef": {"kind": "Deployment", "name": "agent"}, **spec})
        assert stack_view([workload(spec={"replicas": None}), scaler]).containers[0].replicas == count

    def test_one_a_node_of_its_pool_for_a_daemon(self) -> None:
        pod = {"nodeSelector": {"fleet.local/pool": "gpu"}}
        both = [workload("a", "apps/v1:DaemonSet"), workload("b", "apps/v1:DaemonSet", pod=pod)]
        assert [view.replicas for view in stack_view([cluster(), *both]).containers] == [4, 2]


def test_a_cluster_is_read_from_what_its_component_published() -> None:
    (view,) = stack_view(
        [cluster(nodePools={"gpu": node_pool(gpuSharing="shared-device", sharedReplicas=4.0)})]
    ).machines
    (pool,) = view.pools
    assert (pool.name, pool.nodes, pool.cards, pool.gpu_memory_mib) == ("gpu", 2, 2, 23034)
    assert (pool.sharing, pool.shared_replicas, pool.context_mib) == ("shared-device", 4, 450)


def test_a_network_policy_without_types_is_about_ingress() -> None:
    (view,) = stack_view([network_policy(policyTypes=None, egress=None)]).network_policies
    assert view.ingress == ()
    assert view.egress is None


@pytest.mark.parametrize(
    ("token", "collection"),
    [
        ("kubernetes:core/v1:Service", "services"),
        ("kubernetes:autoscaling/v1:HorizontalPodAutoscaler", "scalers"),
        ("kubernetes:gateway.networking.k8s.io/v1:HTTPRoute", "entries"),
        ("kubernetes:core/v1:PersistentVolumeClaim", "volumes"),
        ("kubernetes:apps/v1:DeploymentPatch", ""),
        ("kubernetes:helm.sh/v3:Release", ""),
        ("docker:index/container:Container", "containers"),
    ],
)
def test_a_type_is_judged_in_its_collection(token: str, collection: str) -> None:
    assert collection_of(token) == collection


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("500m", 0.5), ("2", 2.0), (1.5, 1.5), ("1k", 1000.0), ("1e3", 1000.0), ("1Ki", 1024.0), ("", None),
        ("many", None), (None, None), (True, None), ("1" * 40, None), ("-1", None),
    ],
)  # fmt: skip
def test_quantities(value: object, number: float | None) -> None:
    assert quantity(value) == number


@pytest.mark.parametrize(("value", "mib"), [("1Gi", 1024), ("128974848", 123), ("1M", 1), ("100Ki", 1), ("x", None)])
def test_quantities_of_memory(value: object, mib: int | None) -> None:
    assert mebibytes(value) == mib
