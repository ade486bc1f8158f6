"""Services, jobs and worker pools of Cloud Run to a RunView each, with a ContainerView for every container in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from fleet.labels import GROUP
from policy.readers.cloudrun_containers import container
from policy.readers.containers import Template, placeholder
from policy.readers.kubernetes_metadata import texts_of
from policy.readers.values import Properties, as_items, is_unknown
from policy.views.cloudrun import JOB, SERVICE, WORKER_POOL, RunGrantView, RunView, SecretUse, Traffic
from policy.views.container import CLOUDRUN, ContainerView
from policy.views.stack import VolumeView

RUNS: Mapping[str, str] = {
    f"gcp:cloudrunv2/{kind[0].lower()}{kind[1:]}:{kind}": kind for kind in (SERVICE, JOB, WORKER_POOL)
}
"""Type token -> kind."""

GRANTS: Mapping[str, str] = {
    **{
        f"gcp:cloudrunv2/{kind[0].lower()}{kind[1:]}Iam{what}:{kind}Iam{what}": kind
        for kind in (SERVICE, JOB, WORKER_POOL)
        for what in ("Member", "Binding", "Policy")
    },
    **{f"gcp:cloudrun/iam{what}:Iam{what}": SERVICE for what in ("Member", "Binding", "Policy")},
    **{f"gcp:projects/iAM{what}:IAM{what}": "Project" for what in ("Member", "Binding", "Policy")},
}
"""Type token of a grant, in both versions of the API -> kind of resource it is on, or `Project`."""

_SECONDS = re.compile(r"^\s*(\d{1,9})(?:\.\d{1,9})?s?\s*$")
_TEMPLATE_FIELDS = frozenset(
    {"containers", "annotations_inside", "service_account", "instances_max", "instances_min", "concurrency",
     "timeout_s", "generation", "cpu_idle", "accelerator", "gpus", "egress", "secrets", "encryption_key"}
)  # fmt: skip
"""Fields of a RunView that come from its template."""


def run(given: Properties, subject: str, kind: str) -> RunView:
    """A service, a job or a worker pool."""
    outer = given.nested("template", "containers")
    inner = outer.nested("template", "containers") if kind == JOB else outer
    attested = given.nested("binaryAuthorization", "attested")
    secrets: list[SecretUse] = []
    inside = texts_of(outer, "annotations", "annotations_inside")
    read = tuple(_containers(subject, kind, inner, inside))
    for entry in as_items(inner.raw("containers", "containers")):
        secrets += _secrets_in_env(Properties(entry, given.unknown))
    secrets += _secrets_as_files(inner)
    least, most = _instances(kind, given, inner)
    vpc = inner.nested("vpcAccess", "egress")
    view = RunView(
        subject=subject,
        kind=kind,
        name=given.text("name", "name") or subject,
        labels=_labels(given),
        annotations=texts_of(given, "annotations", "annotations"),
        annotations_inside=inside,
        region=given.text("location", "region") or "",
        ingress=given.text("ingress", "ingress") or "INGRESS_TRAFFIC_ALL",
        open_to_all=given.flag("invokerIamDisabled", "open_to_all"),
        service_account=inner.text("serviceAccount", "service_account"),
        instances_min=least,
        instances_max=most,
        instances_min_each=inner.nested("scaling", "instances_min").whole("minInstanceCount", "instances_min") or 0,
        instances_max_all=given.nested("scaling", "instances_max").whole("maxInstanceCount", "instances_max"),
        concurrency=inner.whole("maxInstanceRequestConcurrency", "concurrency"),
        timeout_s=_seconds(inner.text("timeout", "timeout_s")),
        generation=inner.text("executionEnvironment", "generation") or "",
        cpu_idle=kind == SERVICE and all(_cpu_idle(item, given.unknown) for item in _main(inner)),
        accelerator=inner.nested("nodeSelector", "accelerator").text("accelerator", "accelerator"),
        gpus={view.name: count for view in read if (count := view.devices_asked.get("nvidia.com/gpu", 0))},
        egress=(vpc.text("egress", "egress") or "PRIVATE_RANGES_ONLY") if vpc.names() else None,
        traffic=tuple(_traffic(given, "instanceSplits" if kind == WORKER_POOL else "traffics")),
        secrets=tuple(secrets),
        attested=attested.flag("useDefault", "attested") or bool(attested.text("policy", "attested")),
        breaks_glass=bool(attested.text("breakglassJustification", "breaks_glass")),
        encryption_key=inner.text("encryptionKey", "encryption_key"),
        protected=given.flag("deletionProtection", "protected") or not given.has("deletionProtection"),
        containers=read,
    )
    _note_derived(given.unknown, read)
    return view


def _note_derived(unknown: set[str], read: tuple[ContainerView, ...]) -> None:
    if "containers" in unknown:
        unknown |= _TEMPLATE_FIELDS
    if any({"cpu_limit", "memory_limit_mib"} & view.unknown for view in read):
        unknown.add("containers")
    if any("gpu" in view.unknown for view in read):
        unknown.add("gpus")
    if "attested" in unknown:
        unknown.add("breaks_glass")


def _containers(subject: str, kind: str, inner: Properties, annotations: Mapping[str, str]) -> Iterator[ContainerView]:
    """Every container, and a placeholder if some are unknown."""
    shared = Template(inner, annotations, ends=kind == JOB, labels_unknown="annotations_inside" in inner.unknown)
    main = _main(inner)
    for item in as_items(inner.raw("containers", "containers")):
        if is_unknown(item):
            inner.unknown.add("containers")
        elif isinstance(item, Mapping):
            yield container(subject, item, shared, is_main=item in main)
    if "containers" in inner.unknown:
        yield placeholder(subject, CLOUDRUN)


def _main(inner: Properties) -> list[Mapping[str, Any]]:
    """The container that serves requests: the first with a port, else the first; empty if there is none."""
    found = [item for item in as_items(inner.raw("containers", "containers")) if isinstance(item, Mapping)]
    return [item for item in found if item.get("ports")][:1] or found[:1]


def _cpu_idle(item: Mapping[str, Any], unknown: set[str]) -> bool:
    """The API's default is true; the provider's is false once limits are given without it."""
    resources = Properties(item, unknown).nested("resources", "cpu_idle")
    return resources.flag("cpuIdle", "cpu_idle") if resources.has("cpuIdle") else not resources.has("limits")


def _instances(kind: str, given: Properties, inner: Properties) -> tuple[int, int | None]:
    """(minimum, maximum) by the stricter of service and template; a manual instance count is both."""
    scalings = [inner.nested("scaling", "instances_max"), given.nested("scaling", "instances_max")]
    if kind == JOB:
        return 0, None
    fixed = scalings[1].whole("manualInstanceCount", "instances_max")
    if fixed is not None:
        return fixed, fixed
    least = [scaling.whole("minInstanceCount", "instances_min") or 0 for scaling in scalings]
    most = [count for scaling in scalings if (count := scaling.whole("maxInstanceCount", "instances_max"))]
    if "instances_max" in given.unknown:
        given.unknown.add("instances_min")
    return max(least), min(most, default=None)


def _seconds(text: str | None) -> int | None:
    """Seconds of `300s` or `3.5s`; else None."""
    match = _SECONDS.match(text or "")
    return int(match[1]) if match else None


def _traffic(given: Properties, key: str) -> Iterator[Traffic]:
    for entry in given.entries(key, "traffic"):
        yield Traffic(
            percent=entry.whole("percent", "traffic") or 0,
            revision=entry.text("revision", "traffic") or "",
            tag=entry.text("tag", "traffic") or "",
        )


def _secrets_in_env(given: Properties) -> Iterator[SecretUse]:
    for entry in given.entries("envs", "secrets"):
        source = entry.nested("valueSource", "secrets").nested("secretKeyRef", "secrets")
        if source.names():
            yield SecretUse(source.text("secret", "secrets") or "", source.text("version", "secrets") or "")


def _secrets_as_files(inner: Properties) -> Iterator[SecretUse]:
    for volume in inner.entries("volumes", "secrets"):
        secret = volume.nested("secret", "secrets")
        if not secret.names():
            continue
        name = secret.text("secret", "secrets") or ""
        items = list(secret.entries("items", "secrets"))
        for item in items:
            yield SecretUse(name, item.text("version", "secrets") or "")
        if not items:
            yield SecretUse(name, "")


def _labels(given: Properties) -> Mapping[str, str]:
    """Labels; `fleet-group` becomes `fleet.group`, because Google allows no dots."""
    found = texts_of(given, "labels", "labels")
    group = found.get(GROUP.replace(".", "-"))
    return {**found, GROUP: group} if group else found


def grant(given: Properties, subject: str, kind: str) -> RunGrantView:
    """A member, a binding of several, or a whole policy."""
    role = given.text("role", "pairs") or ""
    members = [*given.texts("members", "pairs"), *filter(None, [given.text("member", "pairs")])]
    policy = list(_policy(given.text("policyData", "pairs") or ""))
    name = given.text("name", "name") or given.text("service", "name") or given.text("project", "name") or subject
    pairs = (*((role, member) for member in members), *policy)
    return RunGrantView(subject=subject, kind=kind, name=name, pairs=pairs)


def _policy(text: str) -> Iterator[tuple[str, str]]:
    """(role, member) of every binding of an IAM policy in JSON."""
    try:
        bindings = Properties(json.loads(text) if text[:1] == "{" else {})
    except (ValueError, RecursionError):
        return
    for entry in bindings.entries("bindings", "pairs"):
        for member in entry.texts("members", "pairs"):
            yield entry.text("role", "pairs") or "", member


def bucket(given: Properties, subject: str, kind: str) -> VolumeView:
    """A `gcp:storage/bucket:Bucket`: it keeps its data unless forceDestroy is set."""
    name = given.text("name", "name") or subject
    forced = given.flag("forceDestroy", "keeps_data")
    return VolumeView(
        subject,
        name,
        labels=_labels(given),
        in_cloud=True,
        keeps_data=not forced,
        copied=given.nested("versioning", "copied").flag("enabled", "copied"),
    )


def database(given: Properties, subject: str, kind: str) -> VolumeView:
    """A `gcp:sql/databaseInstance:DatabaseInstance`: protected from deletion by default."""
    name = given.text("name", "name") or subject
    kept = given.flag("deletionProtection", "keeps_data") or not given.has("deletionProtection")
    backups = given.nested("settings", "copied").nested("backupConfiguration", "copied")
    copied = backups.flag("enabled", "copied")
    return VolumeView(subject, name, in_cloud=True, keeps_data=kept, copied=copied)
