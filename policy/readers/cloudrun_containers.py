"""One container of a Cloud Run template to a ContainerView."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fleet.cloudrun_limits import limits as known_limits
from fleet.labels import from_annotations
from policy.readers.containers import Template, container_ports, devices_in, env, env_secrets, kind_of
from policy.readers.kubernetes_probes import check_commands, check_headers, probes
from policy.readers.quantities import mebibytes, quantity
from policy.readers.values import Properties
from policy.views.container import CLOUDRUN, MAIN, SIDECAR, TMPFS, ContainerView, Mount

_VOLUMES: Mapping[str, str] = {"gcs": "bucket", "nfs": "server", "secret": "secret", "cloudSqlInstance": "instances"}
"""Kinds of volumes whose source matters -> its key."""


def container(subject: str, properties: Mapping[str, Any], template: Template, *, is_main: bool) -> ContainerView:
    """A container; its `unknown` includes what is unknown of its template."""
    given = Properties(properties)
    inner = template.spec.noting_in(given.unknown)
    name = given.text("name", "name") or ("main" if is_main else "(unnamed)")
    limits = given.nested("resources", "resources").mapping("limits", "resources")
    # A service's container has one port, a job's a list.
    ports = (given.nested("ports", "container_ports"), *given.entries("ports", "container_ports"))
    devices = devices_in(limits)
    return ContainerView(
        subject=f"{subject}/{name}",
        target=CLOUDRUN,
        name=name,
        role=MAIN if is_main else SIDECAR,
        image=given.text("image", "image"),
        mounts=tuple(_mounts(given, inner)),
        container_ports=tuple(container_ports(ports)),
        memory_limit_mib=mebibytes(limits.get("memory")),
        memory_request_mib=mebibytes(limits.get("memory")),
        cpu_limit=quantity(limits.get("cpu")),
        cpu_request=quantity(limits.get("cpu")),
        # Its logs go to Cloud Logging, and its sandbox bounds its processes.
        log_bounded=True,
        health_check=bool(given.nested("livenessProbe", "health_check").names()),
        probes=tuple(probes(given, with_delay=True)),
        check_commands=tuple(check_commands(given)),
        check_headers=tuple(check_headers(given)),
        # Fixed by Cloud Run.
        stop_grace_s=known_limits().stop_grace,
        one_shot=template.ends,
        env=tuple(env(given, "envs")),
        env_secrets=tuple(env_secrets(given, "envs", "valueSource")),
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


def _mounts(given: Properties, inner: Properties) -> Iterator[Mount]:
    volumes = {entry.text("name", "mounts"): entry for entry in inner.entries("volumes", "mounts")}
    for entry in given.entries("volumeMounts", "mounts"):
        name = entry.text("name", "mounts") or ""
        volume = volumes.get(name) or Properties({})
        kind, inside = kind_of(volume, "mounts")
        source = (inside.text(_VOLUMES[kind], "mounts") or name) if kind in _VOLUMES else name
        read_only = inside.flag("readOnly", "mounts") or kind == "secret"
        target, size = entry.text("mountPath", "mounts") or "", None
        if kind == "emptyDir":
            kind, size = TMPFS, mebibytes(inside.raw("sizeLimit", "mounts"))
        yield Mount(source, target, kind, read_only, memory_mib=size)
