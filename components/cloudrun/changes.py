"""Which fields of a Google Cloud resource cannot change while it exists. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

_ANYWHERE = ("location", "region", "project")
_NAMED = ("name",)
_OWN: Mapping[str, tuple[str, ...]] = {
    "cloudrunv2.Service": (*_NAMED, "tags"),
    "cloudrunv2.Job": (*_NAMED, "tags"),
    "cloudrunv2.WorkerPool": (*_NAMED, "template.containers.*.dependsOns"),
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
    "pubsub.Topic": (*_NAMED, "tags"),
    "storage.Bucket": (
        *_NAMED,
        "enableObjectRetention",
        "hierarchicalNamespace",
        "customPlacementConfig.dataLocations",
    ),
    "sql.DatabaseInstance": (*_NAMED, "encryptionKeyName", "settings.collation", "replicaConfiguration"),
    "sql.Database": (*_NAMED, "instance"),
    "sql.User": (*_NAMED, "instance", "host", "type"),
    "compute.RegionNetworkEndpointGroup": (
        *_NAMED,
        "cloudRun",
        "description",
        "network",
        "networkEndpointType",
        "subnetwork",
    ),
    "compute.BackendService": _NAMED,
    "compute.URLMap": _NAMED,
    "compute.SecurityPolicy": (*_NAMED, "type"),
    "compute.ManagedSslCertificate": (*_NAMED, "managed", "description", "type"),
    "compute.TargetHttpsProxy": (*_NAMED, "description", "httpKeepAliveTimeoutSec", "proxyBind", "tlsEarlyData"),
    "compute.TargetHttpProxy": (*_NAMED, "description", "httpKeepAliveTimeoutSec", "proxyBind"),
    "compute.GlobalAddress": (*_NAMED, "address", "addressType", "description", "ipVersion", "network", "purpose"),
    "compute.GlobalForwardingRule": (
        *_NAMED,
        "description",
        "ipAddress",
        "ipProtocol",
        "ipVersion",
        "network",
        "portRange",
        "subnetwork",
    ),
}
"""Kind -> fields, with all that is below them (`*`: of any item): what the provider's sources mark with `ForceNew`
(github.com/hashicorp/terraform-provider-google-beta, 93c65b2 of 2026-08-21). Compared with the provider's schema in
`tests/engine/test_cloud.py`, and with the engine's previews in `tests/engine/test_cloud_run.py`."""

_SERVICES = ("Service", "WorkerPool", "Job")


def replacing(type_: str, fields: Iterable[str]) -> tuple[str, ...]:
    """Those of the changed fields (dotted, camelCase) that replace a resource; none means an update."""
    if not type_.startswith("gcp:"):
        return ()
    kind = type_.rpartition(":")[2]
    if kind.lower().endswith("iammember"):
        # Who may do what is one fact: any part of it is another one.
        return tuple(fields)
    module = type_.split(":")[1].partition("/")[0]
    forced = (*_ANYWHERE, *_OWN.get(f"{module}.{kind}", ()))
    return tuple(field for field in fields if any(_is_below(field, path) for path in forced))


def _is_below(field: str, path: str) -> bool:
    parts, wanted = field.split("."), path.split(".")
    pairs = zip(parts, wanted, strict=False)
    return len(parts) >= len(wanted) and all(want in ("*", part) for part, want in pairs)


def makes_a_revision(type_: str, fields: Iterable[str]) -> bool:
    """Whether an update of these fields starts new instances: Cloud Run makes a revision of every new template."""
    ours = type_.startswith("gcp:cloudrunv2/") and type_.rpartition(":")[2] in _SERVICES
    return ours and any(field.partition(".")[0] == "template" for field in fields)
