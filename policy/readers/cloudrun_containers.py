"""One container of a Cloud Run template to a ContainerView."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fleet.frozen import dataclass
from fleet.labels import from_annotations
from fleet.targets.cloudrun.limits import limits as known_limits
from policy.readers.quantities import mebibytes, quantity
from policy.readers.values import Properties
from policy.views.container import CLOUDRUN, MAIN, SIDECAR, TMPFS, ContainerPort, ContainerView, Mount, Probe
from policy.views.scalars import as_whole

_PROBES = ("liveness", "readiness", "startup")
_PERIOD_S, _FAILURES = 10, 3
"""Cloud Run's own, where a probe says nothing."""

_VOLUMES: Mapping[str, str] = {"gcs": "bucket", "nfs": "server", "secret": "secret", "cloudSqlInstance": "instances"}
"""Kinds of volumes whose source matters -> its key."""


@dataclass(frozen=True, slots=True)
class Template:
    """What a container has of its template."""

    inner: Properties
    annotations: Mapping[str, str]
    ends: bool
    """Its containers end by themselves."""
    labels_unknown: bool


def container(subject: str, properties: Mapping[str, Any], template: Template, *, is_main: bool) -> ContainerView:
    """A container; what is unknown of it and of its template is noted here."""
    given = Properties(properties)
    inner = template.inner.noting_in(given.unknown)
    name = given.text("name", "name") or ("main" if is_main else "(unnamed)")
    limits = given.nested("resources", "resources").mapping("limits", "resources")
    devices = {key: count for key in limits if "/" in key and (count := _count(limits, key))}
    return ContainerView(
        subject=f"{subject}/{name}",
        target=CLOUDRUN,
        name=name,
        role=MAIN if is_main else SIDECAR,
        image=given.text("image", "image"),
        mounts=tuple(_mounts(given, inner)),
        container_ports=tuple(_ports(given)),
        memory_limit_mib=mebibytes(limits.get("memory")),
        memory_request_mib=mebibytes(limits.get("memory")),
        cpu_limit=quantity(limits.get("cpu")),
        cpu_request=quantity(limits.get("cpu")),
        # Its logs go to Cloud Logging, and its sandbox bounds its processes.
        log_bounded=True,
        health_check=bool(given.nested("livenessProbe", "health_check").names()),
        probes=tuple(_probes(given)),
        # Nobody can change it.
        stop_grace_s=known_limits().stop_grace,
        one_shot=template.ends,
        env=tuple(_env(given)),
        env_secrets=tuple(_env_secrets(given)),
        args=(*given.texts("commands", "args"), *given.texts("args", "args")),
        gpu="nvidia.com/gpu" in devices,
        devices_asked=devices,
        labels=from_annotations(name, template.annotations),
        unknown=_unknown(given.unknown, template),
    )


def _unknown(noted: set[str], template: Template) -> frozenset[str]:
    unknown = set(noted)
    if "resources" in noted:
        unknown -= {"resources"}
        unknown |= {"memory_limit_mib", "memory_request_mib", "cpu_limit", "cpu_request", "gpu", "devices_asked"}
    if template.labels_unknown:
        unknown |= {"labels"}
    return frozenset(unknown)


def _count(limits: Mapping[str, Any], key: str) -> int:
    return max(0, as_whole(quantity(limits[key])) or 0)


def _mounts(given: Properties, inner: Properties) -> Iterator[Mount]:
    volumes = {entry.text("name", "mounts"): entry for entry in inner.entries("volumes", "mounts")}
    for entry in given.entries("volumeMounts", "mounts"):
        name = entry.text("name", "mounts") or ""
        volume = volumes.get(name) or Properties({})
        kind = next((key for key in volume.names() if key != "name"), "")
        inside = volume.nested(kind, "mounts")
        source = (inside.text(_VOLUMES[kind], "mounts") or name) if kind in _VOLUMES else name
        read_only = inside.flag("readOnly", "mounts") or kind == "secret"
        yield Mount(source, entry.text("mountPath", "mounts") or "", TMPFS if kind == "emptyDir" else kind, read_only)


def _ports(given: Properties) -> Iterator[ContainerPort]:
    """A service's container has one port, a job's a list."""
    single = given.nested("ports", "container_ports")
    for entry in (single, *given.entries("ports", "container_ports")):
        if number := entry.whole("containerPort", "container_ports"):
            yield ContainerPort(number, entry.text("name", "container_ports") or "")


def _probes(given: Properties) -> Iterator[Probe]:
    for kind in _PROBES:
        probe = given.nested(f"{kind}Probe", "probes")
        if not probe.names():
            continue
        asked = next((key for key in ("httpGet", "tcpSocket", "grpc") if probe.has(key)), "")
        inside = probe.nested(asked, "probes")
        port = inside.text("port", "probes") or ""
        what = inside.text("path", "probes") or inside.text("service", "probes") or ""
        period = probe.whole("periodSeconds", "probes") or _PERIOD_S
        failures = probe.whole("failureThreshold", "probes") or _FAILURES
        delay = probe.whole("initialDelaySeconds", "probes") or 0
        yield Probe(kind, f"{asked} {port} {what}".strip(), port, delay + period * failures)


def _env(given: Properties) -> Iterator[tuple[str, str]]:
    for entry in given.entries("envs", "env"):
        yield entry.text("name", "env") or "", entry.text("value", "env") or ""


def _env_secrets(given: Properties) -> Iterator[str]:
    for entry in given.entries("envs", "env_secrets"):
        if entry.nested("valueSource", "env_secrets").has("secretKeyRef"):
            yield entry.text("name", "env_secrets") or ""
