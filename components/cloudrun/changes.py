"""Which changes replace a Google Cloud resource. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

_COMMON = ("location", "region", "project")
_NAME = "name"
_OWN: Mapping[str, tuple[str, ...]] = {
    "cloudrunv2.Service": (_NAME, "tags"),
    "cloudrunv2.Job": (_NAME, "tags"),
    "cloudrunv2.WorkerPool": (_NAME, "template.containers.*.dependsOns"),
    "serviceaccount.Account": ("accountId",),
    "secretmanager.Secret": ("secretId", "replication", "tags"),
    "secretmanager.SecretVersion": ("secret", "secretData", "isSecretDataBase64"),
    "artifactregistry.Repository": ("repositoryId", "format", "mode", "kmsKeyName", "remoteRepositoryConfig"),
    "projects.ServiceIdentity": ("service",),
    "projects.Service": ("service",),
    "billing.Budget": ("billingAccount",),
    "monitoring.UptimeCheckConfig": (
        "checkerType",
        "httpCheck.requestMethod",
        "monitoredResource",
        "resourceGroup",
        "syntheticMonitor",
    ),
    "pubsub.Topic": (_NAME, "tags"),
    "storage.Bucket": (
        _NAME,
        "enableObjectRetention",
        "hierarchicalNamespace",
        "customPlacementConfig.dataLocations",
    ),
    "sql.DatabaseInstance": (_NAME, "encryptionKeyName", "settings.collation", "replicaConfiguration"),
    "sql.Database": (_NAME, "instance"),
    "sql.User": (_NAME, "instance", "host", "type"),
    "compute.RegionNetworkEndpointGroup": (
        _NAME,
        "cloudRun",
        "description",
        "network",
        "networkEndpointType",
        "subnetwork",
    ),
    "compute.BackendService": (_NAME,),
    "compute.URLMap": (_NAME,),
    "compute.SecurityPolicy": (_NAME, "type"),
    "compute.ManagedSslCertificate": (_NAME, "managed", "description", "type"),
    "compute.TargetHttpsProxy": (_NAME, "description", "httpKeepAliveTimeoutSec", "proxyBind", "tlsEarlyData"),
    "compute.TargetHttpProxy": (_NAME, "description", "httpKeepAliveTimeoutSec", "proxyBind"),
    "compute.GlobalAddress": (_NAME, "address", "addressType", "description", "ipVersion", "network", "purpose"),
    "compute.GlobalForwardingRule": (
        _NAME,
        "description",
        "ipAddress",
        "ipProtocol",
        "ipVersion",
        "network",
        "portRange",
        "subnetwork",
    ),
}
"""Kind -> immutable fields, with everything below them (`*`: any item): `ForceNew` in the provider's source
(github.com/hashicorp/terraform-provider-google-beta, 93c65b2 of 2026-08-21). Compared with the provider's schema in
`tests/engine/test_cloud.py`, and with the engine's previews in `tests/engine/test_cloud_run.py`."""

_WORKLOADS = ("Service", "WorkerPool", "Job")


def replacing(type_: str, fields: Iterable[str]) -> tuple[str, ...]:
    """The changed fields (dotted, camelCase) that replace a resource; none means an update."""
    if not type_.startswith("gcp:"):
        return ()
    kind = type_.rpartition(":")[2]
    if kind.lower().endswith("iammember"):
        return tuple(fields)
    module = type_.split(":")[1].partition("/")[0]
    immutable = (*_COMMON, *_OWN.get(f"{module}.{kind}", ()))
    return tuple(field for field in fields if any(_is_below(field, path) for path in immutable))


def _is_below(field: str, path: str) -> bool:
    parts, wanted = field.split("."), path.split(".")
    pairs = zip(parts, wanted, strict=False)
    return len(parts) >= len(wanted) and all(want in ("*", part) for part, want in pairs)


def makes_a_revision(type_: str, fields: Iterable[str]) -> bool:
    """Whether an update of these fields starts new instances: every new template makes a revision."""
    has_template = type_.startswith("gcp:cloudrunv2/") and type_.rpartition(":")[2] in _WORKLOADS
    return has_template and any(field.partition(".")[0] == "template" for field in fields)
