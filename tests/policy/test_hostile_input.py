"""Whatever a program registers, no reader and no rule breaks: random properties, odd types, unknown and hidden."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pulumi_policy.proxy import UNKNOWN_ARRAY_VALUE, UNKNOWN_STRING_VALUE

from fleet import labels
from policy.assemble import stack_view
from policy.catalogue import rules
from policy.judge import judge
from policy.readers import CLOUD_OBJECTS, OBJECTS
from policy.readers.surroundings import IMAGES
from policy.registered import UNKNOWN, Registered
from policy.rule import ContainerRule, ResourceRule, StackRule
from policy.verdict import Kind
from tests.policy.builders import TODAY, docker_properties, gpu_container, machine, network, provider, volume
from tests.policy.cloudrun_builders import google, gpu_service, run_container, run_service
from tests.policy.cloudrun_builders import template as run_template
from tests.policy.kubernetes_builders import (
    around,
    cluster,
    gpu_workload,
    kubernetes,
    node_pool,
    pod_container,
    pod_spec,
    workload,
)

KUBERNETES_TYPES = sorted(f"kubernetes:{key.replace(':', '/v1:')}" for key in OBJECTS)
CONTAINER = "docker:index/container:Container"
NETWORK = "docker:index/network:Network"
VOLUME = "docker:index/volume:Volume"
PROVIDER = "pulumi:providers:docker"
MACHINE = "fleet:docker:DockerMachine"
CLUSTER = "fleet:kubernetes:Cluster"

ODD_TEXTS = [
    "", " ", "[secret]", UNKNOWN_STRING_VALUE, UNKNOWN_ARRAY_VALUE, "0", "-1", "nan", "1e999", "9" * 5000, "\x00",
    "é\u202e", "host", "all", "ALL", "root", ":", "::", "[::", "0.0.0.1", "127.0.0.1", "tcp://", "tcp://[",
    "tcp://:99999999", "=", "A=", "seccomp", "seccomp=", "no-new-privileges:", "sha256:", "@", "/", "//", "../..",
    "/dev/nvidia0", "0=1M", "=,=", ", ", "10.0.0.0/8", "10.0.0.0/99", "::/0", "[[[[", '{"a":', "{}", "NONE", "CMD",
    "json-file", "on-failure", "mps", "single-board-computer", "vllm serve --gpu-memory-utilization",
    "--gpu-memory-utilization=1e999", "--tensor-parallel-size=nan", "XLA_CLIENT_MEM_FRACTION=-inf",
    "FLEET_AGENTS=[[[[", 'FLEET_AGENTS={"a": {"command": [1, null, {}]}, "a": 7}', "device=,0",
    "experimental", "critical", "gpu0", "one", "2099-01-01 because", "2099-01-01", "nvidia", "a,b", "a", "b",
    "12.4", "²", "* * * * *", "a: 30 3 * * * by x; b: none,",
]  # fmt: skip
KEYS = [
    "name", "image", "user", "privileged", "readOnly", "securityOpts", "capabilities", "adds", "drops",
    "networkMode", "pidMode", "ipcMode", "usernsMode", "cgroupnsMode", "mounts", "volumes", "tmpfs", "type",
    "source", "target", "hostPath", "volumeName", "containerPath", "volumeOptions", "driverOptions", "driverOpts",
    "device", "devices", "ports", "ip", "internal", "external", "protocol", "publishAllPorts", "networksAdvanced",
    "hosts", "host", "memory", "cpus", "cpuQuota", "cpuPeriod", "ulimits", "hard", "logDriver", "logOpts",
    "max-size", "healthcheck", "tests", "restart", "maxRetryCount", "mustRun", "envs", "command", "entrypoints",
    "gpus", "deviceRequests", "deviceIds", "runtime", "labels", "label", "value", "ipamConfigs", "subnet",
    "certPath", "machine", "memoryMib", "lanAddress", "capacityMib", "contextMib", "mps", "mpsUid", "mpsClientsMax",
    "subnets", "allowedOverlaps", "startAfter", "gpu0", "a", "b", labels.GROUP, labels.START_AFTER, labels.GPU_CARD,
    "bindOptions", "propagation", "o", "shmSize", "nofile", labels.SHARED_MEMORY_FOR,
    labels.GPU_REQUEST_MIB, labels.TIER, labels.IMAGE_PLATFORMS, "agents", "deviceClass", "arch",
    "__defaults", f"{labels.EXCEPTION_PREFIX}run_as", f"{labels.WAIVER_PREFIX}C01",
    "imageName", "build", "platform", "platforms", "tags", "links", "cuda", "encryption", labels.BACKUPS,
    labels.IMAGE_CUDA,
]  # fmt: skip
CLUSTER_KEYS = [
    "metadata", "name", "namespace", "labels", "annotations", "spec", "template", "jobTemplate", "replicas",
    "selector", "matchLabels", "matchExpressions", "operator", "values", "key", "containers", "initContainers",
    "ephemeralContainers", "restartPolicy", "securityContext", "runAsUser", "runAsGroup", "runAsNonRoot", "fsGroup",
    "supplementalGroups", "seccompProfile", "appArmorProfile", "seLinuxOptions", "windowsOptions", "type", "sysctls",
    "capabilities", "add", "drop", "procMount", "volumes", "emptyDir", "medium", "sizeLimit", "hostPath", "path",
    "persistentVolumeClaim", "claimName", "volumeMounts", "mountPath", "ports", "containerPort", "hostPort",
    "resources", "limits", "requests", "memory", "cpu", "nvidia.com/gpu", "nvidia.com/gpumem", "env", "envFrom",
    "valueFrom", "value", "secretRef", "livenessProbe", "readinessProbe", "startupProbe", "httpGet", "exec", "port",
    "command", "args", "lifecycle", "preStop", "sleep", "seconds", "image", "imagePullPolicy", "hostAliases", "ip",
    "hostNetwork", "nodeSelector", "fleet.local/pool", "serviceAccountName", "automountServiceAccountToken",
    "affinity", "podAntiAffinity", "strategy", "rollingUpdate", "maxSurge", "maxUnavailable",
    "podSelector", "policyTypes", "ingress", "egress", "from", "to",
    "ipBlock", "cidr", "except", "protocol", "externalIPs", "targetPort", "rules", "tls", "hosts", "host", "http",
    "paths", "backend", "service", "defaultBackend", "listeners", "hostname", "hostnames", "backendRefs", "kind",
    "scaleTargetRef", "minReplicas", "maxReplicas", "roleRef", "subjects", "verbs", "apiGroups", "resourceNames",
    "nonResourceURLs", "data", "nodePools", "nodes", "gpus", "gpuMemoryMib", "gpuSharing", "sharedReplicas",
    "fleet.local/main.gpu.request-mib", "fleet.group", "main", "terminationGracePeriodSeconds",
    "fleet.local/main.waiver.B08", "mountPropagation", "schedule", "cuda", "fleet.local/main.backups",
    "fleet.local/main.image.cuda", "backup.velero.io/backup-volumes",
]  # fmt: skip
CLUSTER_TEXTS = [
    *ODD_TEXTS, "main", "9999999999%", "25%", "Unconfined", "Always", "Recreate", "LoadBalancer", "*", "*.example.com",
    "1Gi", "500m", "1e99", "9999999999Ei", "whole-device", "shared-device", "memory-amount", "Exists", "In", "Egress",
    "0.0.0.0/0", "ServiceAccount", "Deployment", "secrets", "get", "sleep 99999",
]  # fmt: skip

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.just(UNKNOWN),
    st.sampled_from(ODD_TEXTS),
    st.text(max_size=8),
    st.integers(),
    st.sampled_from([0, -1, 2**63, 10**40, 10**400]),
    st.floats(),
)
keys = st.one_of(st.sampled_from(KEYS), st.text(max_size=3))
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=4)),
    max_leaves=12,
)
bags = st.dictionaries(keys, values, max_size=12)
resources = st.builds(
    Registered,
    type=st.sampled_from([CONTAINER, CONTAINER, NETWORK, VOLUME, PROVIDER, MACHINE, *IMAGES, "other:index:Thing"]),
    name=st.sampled_from(["a", "b"]),
    urn=st.sampled_from(["urn:a", "urn:b", ""]),
    parent=st.sampled_from(["", "urn:a", "urn:b"]),
    inputs=bags,
    outputs=bags,
    provider=st.sampled_from(["", "urn:a", "a::b::c::d::e"]),
)
cluster_keys = st.one_of(st.sampled_from(CLUSTER_KEYS), st.text(max_size=3))
cluster_scalars = st.one_of(scalars, st.sampled_from(CLUSTER_TEXTS))
cluster_values = st.recursive(
    cluster_scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(cluster_keys, inner, max_size=5)),
    max_leaves=24,
)
objects = st.builds(
    Registered,
    type=st.sampled_from([*KUBERNETES_TYPES, CLUSTER, "pulumi:providers:kubernetes"]),
    name=st.sampled_from(["a", "b"]),
    urn=st.sampled_from(["urn:a", "urn:b", ""]),
    parent=st.sampled_from(["", "urn:a", "urn:b"]),
    inputs=st.dictionaries(cluster_keys, cluster_values, max_size=6),
    outputs=st.dictionaries(cluster_keys, cluster_values, max_size=6),
)
CLOUD_TYPES = sorted(CLOUD_OBJECTS)
CLOUD_KEYS = [
    "name", "location", "labels", "annotations", "fleet-group", "ingress", "invokerIamDisabled", "deletionProtection",
    "template", "containers", "image", "envs", "value", "valueSource", "secretKeyRef", "secret", "version", "resources",
    "limits", "cpu", "memory", "nvidia.com/gpu", "cpuIdle", "ports", "containerPort", "startupProbe", "livenessProbe",
    "httpGet", "tcpSocket", "port", "path", "periodSeconds", "failureThreshold", "initialDelaySeconds", "volumeMounts",
    "mountPath", "volumes", "gcs", "bucket", "readOnly", "emptyDir", "items", "cloudSqlInstance", "instances",
    "serviceAccount", "scaling", "minInstanceCount", "maxInstanceCount", "manualInstanceCount", "timeout",
    "maxInstanceRequestConcurrency", "executionEnvironment", "nodeSelector", "accelerator", "vpcAccess", "egress",
    "traffics", "instanceSplits", "percent", "revision", "tag", "binaryAuthorization", "useDefault", "encryptionKey",
    "role", "member", "members", "policyData", "project", "regions", "monthlyBudgetUsd", "startAfter", "forceDestroy",
    "fleet.local/main.gpu.request-mib", "fleet.local/exposed", "fleet.local/main.waiver.R03", "main",
    "versioning", "settings", "backupConfiguration", "enabled",
]  # fmt: skip
CLOUD_TEXTS = [
    *ODD_TEXTS, "1Gi", "500m", "0.5", "1e99", "300s", "9999999999s", "nvidia-l4", "latest", "3", "allUsers",
    "europe-west4", "europe-west4-docker.pkg.dev/p/r/i:1", '{"bindings": [{"role": 1, "members": ["allUsers", 2]}]}',
    '{"bindings": {}}', "192.168.1.1", "EXECUTION_ENVIRONMENT_GEN2",
]  # fmt: skip
cloud_keys = st.one_of(st.sampled_from(CLOUD_KEYS), st.text(max_size=3))
cloud_scalars = st.one_of(scalars, st.sampled_from(CLOUD_TEXTS))
cloud_values = st.recursive(
    cloud_scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(cloud_keys, inner, max_size=5)),
    max_leaves=24,
)
cloud_resources = st.builds(
    Registered,
    type=st.sampled_from([*CLOUD_TYPES, "fleet:cloudrun:CloudRun", "pulumi:providers:gcp"]),
    name=st.sampled_from(["a", "b"]),
    urn=st.sampled_from(["urn:a", "urn:b", ""]),
    inputs=st.dictionaries(cloud_keys, cloud_values, max_size=6),
    outputs=st.dictionaries(cloud_keys, cloud_values, max_size=6),
)
patient = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def _judge_unprotected(stack: list[Registered]) -> None:
    """Calls the checks themselves, so that an exception is raised and not turned into a verdict."""
    view = stack_view(stack)
    for rule in rules():
        if isinstance(rule, StackRule):
            list(rule.check(view, rule.defaults))
            continue
        assert isinstance(rule, ContainerRule | ResourceRule)
        if isinstance(rule, ContainerRule):
            for container in view.containers:
                list(rule.check(container, rule.defaults))
        for check in rule.resources:
            for held in getattr(view, check.of):
                list(check.check(held, rule.defaults))
    assert all(verdict.kind is not Kind.FAILED for verdict in judge(stack, None, TODAY).verdicts)


@patient
@given(st.lists(resources, max_size=4))
def test_no_rule_breaks_on_random_resources(stack: list[Registered]) -> None:
    _judge_unprotected(stack)


@patient
@given(st.sampled_from(sorted(docker_properties())), values)
def test_no_rule_breaks_on_a_hardened_container_with_one_odd_property(key: str, value: Any) -> None:
    _judge_unprotected([machine(), Registered(CONTAINER, "a", "urn:a", inputs={**docker_properties(), key: value})])


@patient
@given(st.dictionaries(st.sampled_from(KEYS), st.one_of(st.sampled_from(ODD_TEXTS), st.text(max_size=6)), max_size=6))
def test_no_rule_breaks_on_odd_labels(tags: Mapping[str, str]) -> None:
    _judge_unprotected([machine(), gpu_container("a", tags), gpu_container("b", tags), volume("data", tags)])


@patient
@given(
    st.sampled_from(
        [
            "gpus",
            "links",
            "subnets",
            "allowedOverlaps",
            "startAfter",
            "memoryMib",
            "lanAddress",
            "machine",
            "agents",
            "deviceClass",
        ]
    ),
    values,
)
def test_no_rule_breaks_on_a_machine_with_one_odd_figure(key: str, value: Any) -> None:
    _judge_unprotected([machine(**{key: value}), gpu_container("a")])


@pytest.mark.parametrize(
    "key", sorted({*docker_properties(), "ports", "hosts", "devices", "gpus", "deviceRequests", "command"})
)
@pytest.mark.parametrize(
    "value",
    [
        pytest.param("[secret]", id="hidden"),
        pytest.param(UNKNOWN, id="unknown"),
        pytest.param([UNKNOWN, "[secret]", None, 1.0, {}], id="a list of oddities"),
        pytest.param({"a": UNKNOWN, "drops": "[secret]", "tests": "[secret]"}, id="a mapping of oddities"),
        pytest.param(1.5, id="a float"),
    ],
)
def test_no_rule_breaks_where_a_property_is(key: str, value: Any) -> None:
    _judge_unprotected([machine(), Registered(CONTAINER, "a", "urn:a", inputs={**docker_properties(), key: value})])


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_no_rule_breaks_on_an_odd_text_anywhere(text: str) -> None:
    odd = {key: text for key in KEYS} | {"envs": [text], "command": [text], "hosts": [{"host": text, "ip": text}]}
    stack = [
        Registered(CONTAINER, "a", "urn:a", inputs=odd),
        network("net", text),
        volume("data", {labels.VOLUME_WRITERS: text}, driverOpts={"device": text}),
        provider(host=text),
        machine(lanAddress=text, subnets={"x": text}, allowedOverlaps=[text], startAfter={"a": [text]}),
    ]
    _judge_unprotected(stack)


class TestOnACluster:
    """The same for what is registered with Kubernetes."""

    @patient
    @given(st.lists(objects, max_size=4))
    def test_no_rule_breaks_on_random_objects(self, stack: list[Registered]) -> None:
        _judge_unprotected(stack)

    @patient
    @given(st.sampled_from(sorted({*pod_container(), "command", "args", "envFrom", "lifecycle"})), cluster_values)
    def test_no_rule_breaks_on_a_container_with_one_odd_property(self, key: str, value: Any) -> None:
        odd = gpu_workload("a", pod={"containers": [{**pod_container(), key: value}, value]})
        _judge_unprotected([cluster(), *around(), odd])

    @patient
    @given(
        st.sampled_from(sorted({*pod_spec(), "nodeSelector", "hostAliases", "initContainers", "affinity"})),
        cluster_values,
    )
    def test_no_rule_breaks_on_a_pod_with_one_odd_property(self, key: str, value: Any) -> None:
        _judge_unprotected([cluster(), *around(), workload("a", pod={key: value})])

    @patient
    @given(st.sampled_from(sorted(node_pool())), cluster_values)
    def test_no_rule_breaks_on_a_pool_with_one_odd_figure(self, key: str, value: Any) -> None:
        odd = cluster(nodePools={"gpu": {**node_pool(gpuSharing="memory-amount"), key: value}})
        _judge_unprotected(
            [odd, gpu_workload("a"), gpu_workload("b", resources={"limits": {"nvidia.com/gpu.shared": 9}})]
        )

    @patient
    @given(st.sampled_from(KUBERNETES_TYPES), cluster_values, cluster_values)
    def test_no_rule_breaks_on_an_odd_spec_or_metadata(self, token: str, spec: Any, metadata: Any) -> None:
        odd = {"metadata": metadata, "spec": spec, "rules": spec, "subjects": spec, "roleRef": spec, "data": metadata}
        _judge_unprotected([*around(), workload(), Registered(token, "a", "urn:a", inputs=odd)])

    @pytest.mark.parametrize("token", KUBERNETES_TYPES)
    @pytest.mark.parametrize(
        "value",
        [
            pytest.param("[secret]", id="hidden"),
            pytest.param(UNKNOWN, id="unknown"),
            pytest.param([UNKNOWN, "[secret]", None, 1.0, {}, []], id="a list of oddities"),
            pytest.param({"template": UNKNOWN, "selector": UNKNOWN, "rules": [UNKNOWN]}, id="a mapping of oddities"),
        ],
    )
    def test_no_rule_breaks_on_an_object_whose_parts_are(self, token: str, value: Any) -> None:
        odd = dict.fromkeys(("metadata", "spec", "rules", "subjects", "roleRef", "data"), value)
        _judge_unprotected([*around(), workload(), Registered(token, "a", "urn:a", inputs=odd)])

    @pytest.mark.parametrize("count", ["9" * 30, 10**40, -5, 2.5, "many"])
    def test_a_figure_that_is_none_ends_no_judgement(self, count: object) -> None:
        resources = {"limits": {"nvidia.com/gpu": count, "memory": count, "cpu": count}}
        for sharing in ("whole-device", "shared-device", "memory-amount"):
            pools = {"gpu": node_pool(gpuSharing=sharing, sharedReplicas=count, nodes=count, gpus=count)}
            pods = [gpu_workload("a", resources=resources, spec={"replicas": count}), kubernetes("core/v1:Pod", "b")]
            _judge_unprotected([cluster(nodePools=pools), *pods])


class TestInACloud:
    """The same for what is registered with Google."""

    @patient
    @given(st.lists(cloud_resources, max_size=4))
    def test_no_rule_breaks_on_random_resources(self, stack: list[Registered]) -> None:
        _judge_unprotected(stack)

    @patient
    @given(st.sampled_from(sorted({*run_container(), "command", "args", "volumeMounts"})), cloud_values)
    def test_no_rule_breaks_on_a_container_with_one_odd_property(self, key: str, value: Any) -> None:
        _judge_unprotected([gpu_service("a", inside={"containers": [{**run_container(), key: value}, value]})])

    @patient
    @given(st.sampled_from(sorted({*run_template(), "volumes", "nodeSelector", "vpcAccess"})), cloud_values)
    def test_no_rule_breaks_on_a_template_with_one_odd_property(self, key: str, value: Any) -> None:
        _judge_unprotected([run_service("a", inside={key: value}), gpu_service("b", inside={key: value})])

    @pytest.mark.parametrize("kind", CLOUD_TYPES)
    @pytest.mark.parametrize("text", CLOUD_TEXTS)
    def test_no_rule_breaks_on_an_odd_text_anywhere(self, kind: str, text: str) -> None:
        odd = {**dict.fromkeys(CLOUD_KEYS, text), "template": dict.fromkeys(CLOUD_KEYS, text)}
        limits = {"limits": dict.fromkeys(("cpu", "memory", "nvidia.com/gpu"), text)}
        inner = {"containers": [{**dict.fromkeys(CLOUD_KEYS, text), "resources": limits}]}
        kind = kind.removeprefix("gcp:")
        _judge_unprotected([google(kind, "a", **odd), google(kind, "b", template=inner)])
