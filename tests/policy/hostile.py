"""Hostile input: odd texts, keys of every target, and random resources made of them."""

from __future__ import annotations

from hypothesis import strategies as st
from pulumi_policy.proxy import UNKNOWN_ARRAY_VALUE, UNKNOWN_STRING_VALUE

from fleet import labels
from policy.readers import CLOUD_OBJECTS, OBJECTS
from policy.readers.surroundings import IMAGES
from policy.views.registered import UNKNOWN, Registered

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
