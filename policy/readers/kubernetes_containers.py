"""One container of a pod to a ContainerView: its own settings over the pod's, as Kubernetes merges them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fleet.labels import from_annotations
from policy.readers.containers import Template, capabilities, container_ports, devices_in, env, env_secrets, kind_of
from policy.readers.kubernetes_probes import check_commands, check_headers, drain_s, probe_hosts, probes
from policy.readers.quantities import mebibytes, quantity
from policy.readers.values import Properties
from policy.views.container import (
    BIND,
    EPHEMERAL,
    INIT,
    KUBERNETES,
    SHARED_MEMORY,
    TMPFS,
    VOLUME,
    ContainerView,
    Mount,
    PublishedPort,
)

POD_VOLUMES: Mapping[str, str] = {"hostPath": "path", "persistentVolumeClaim": "claimName"}
"""Kinds of volumes whose source matters -> its key."""

_ALWAYS_READ_ONLY = ("configMap", "secret", "projected", "downwardAPI", "image")
_GPU_NAMES = ("nvidia.com/", "amd.com/gpu", "gpu.intel.com/")
_GRACE_S = 30
"""Kubernetes' default."""

_OLD_APPARMOR = "container.apparmor.security.beta.kubernetes.io/"
"""Annotation of clusters before 1.30."""

_CONTEXT_FIELDS = (
    "user", "groups", "non_root", "security_context", "privileged", "no_new_privileges", "capabilities_added",
    "capabilities_dropped", "seccomp", "apparmor", "selinux", "proc_mount", "read_only_root", "host_process",
)  # fmt: skip
"""Fields that a security context sets."""


def container(subject: str, properties: Mapping[str, Any], role: str, pod: Template) -> ContainerView:
    """A container of any role; its `unknown` includes what is unknown of its pod."""
    given = Properties(properties)
    spec = pod.spec.noting_in(given.unknown)
    name = given.text("name", "name") or "(unnamed)"
    context = _Context(given.nested("securityContext", "security_context"), spec)
    resources = given.nested("resources", "resources")
    limits, requests = (resources.mapping(key, "resources") for key in ("limits", "requests"))
    mounts = tuple(_mounts(given, spec))
    devices = devices_in({**requests, **limits})
    grace = spec.whole("terminationGracePeriodSeconds", "stop_grace_s")
    return ContainerView(
        subject=f"{subject}/{name}",
        target=KUBERNETES,
        name=name,
        role=role,
        image=given.text("image", "image"),
        user=context.user(),
        groups=tuple(context.groups()),
        non_root=context.merged("runAsNonRoot", "non_root").flag("runAsNonRoot", "non_root"),
        security_context=bool(context.own.names()),
        privileged=context.own.flag("privileged", "privileged"),
        no_new_privileges=context.own.optional_flag("allowPrivilegeEscalation", "no_new_privileges") is False,
        capabilities_added=capabilities(context.own, "add", "capabilities_added"),
        capabilities_dropped=capabilities(context.own, "drop", "capabilities_dropped"),
        seccomp=context.profile("seccompProfile", "seccomp"),
        apparmor=context.profile("appArmorProfile", "apparmor") or pod.annotations.get(f"{_OLD_APPARMOR}{name}"),
        selinux=context.selinux(),
        proc_mount=context.own.text("procMount", "proc_mount"),
        host_process=context.host_process(),
        read_only_root=context.own.flag("readOnlyRootFilesystem", "read_only_root"),
        host_network=spec.flag("hostNetwork", "host_network"),
        host_pid=spec.flag("hostPID", "host_pid"),
        host_ipc=spec.flag("hostIPC", "host_ipc"),
        mounts=mounts,
        devices=tuple(mount.source for mount in mounts if mount.kind == BIND and mount.source.startswith("/dev/")),
        ports=tuple(_host_ports(given)),
        container_ports=tuple(container_ports(given.entries("ports", "container_ports"))),
        memory_limit_mib=mebibytes(limits.get("memory")),
        memory_request_mib=mebibytes(requests.get("memory", limits.get("memory"))),
        cpu_limit=quantity(limits.get("cpu")),
        cpu_request=quantity(requests.get("cpu", limits.get("cpu"))),
        storage_limit_mib=mebibytes(limits.get("ephemeral-storage")),
        storage_request_mib=mebibytes(requests.get("ephemeral-storage", limits.get("ephemeral-storage"))),
        shared_memory_mib=_shared_memory_mib(given, spec),
        health_check=bool(given.nested("livenessProbe", "health_check").names()),
        probes=tuple(probes(given, with_delay=False)),
        check_commands=tuple(check_commands(given)),
        check_headers=tuple(check_headers(given)),
        probe_hosts=tuple(probe_hosts(given)),
        pull_policy=given.text("imagePullPolicy", "pull_policy"),
        stop_grace_s=_GRACE_S if grace is None else grace,
        drain_s=drain_s(given),
        restart=spec.text("restartPolicy", "restart"),
        one_shot=role in (INIT, EPHEMERAL) or pod.ends,
        env=tuple(env(given, "env")),
        env_secrets=tuple(_env_secrets(given)),
        args=(*given.texts("command", "args"), *given.texts("args", "args")),
        gpu=any(key.startswith(_GPU_NAMES) for key in devices),
        gpu_runtime="nvidia" in (spec.text("runtimeClassName", "gpu_runtime") or "").lower(),
        devices_asked=devices,
        labels=from_annotations(name, pod.annotations),
        unknown=_unknown(given.unknown, pod),
    )  # fmt: skip


def _unknown(noted: set[str], pod: Template) -> frozenset[str]:
    unknown = set(noted)
    if "security_context" in noted:
        unknown.update(_CONTEXT_FIELDS)
    if "resources" in noted:
        unknown -= {"resources"}
        unknown |= {
            "memory_limit_mib", "memory_request_mib", "cpu_limit", "cpu_request", "storage_limit_mib",
            "storage_request_mib", "gpu", "devices_asked",
        }  # fmt: skip
    if "mounts" in noted:
        unknown.add("devices")
    if pod.labels_unknown:
        unknown |= {"labels", "apparmor"}
    return frozenset(unknown)


class _Context:
    """The security context of a container over that of its pod."""

    def __init__(self, own: Properties, spec: Properties) -> None:
        self.own = own
        self._pod = spec.nested("securityContext", "security_context")

    def merged(self, key: str, field: str) -> Properties:
        """The context that sets a key: the container's own, else the pod's."""
        return self.own if self.own.has(key) else self._pod

    def user(self) -> str | None:
        """`uid` or `uid:gid`; None without a uid, because the image decides (A03 judges the group)."""
        uid = self.merged("runAsUser", "user").text("runAsUser", "user")
        gid = self.merged("runAsGroup", "user").text("runAsGroup", "user")
        return f"{uid}:{gid}" if uid is not None and gid is not None else uid

    def groups(self) -> Iterator[str]:
        """Supplementary groups, fsGroup, and the primary group if no user is set."""
        yield from self._pod.texts("supplementalGroups", "groups")
        if group := self._pod.text("fsGroup", "groups"):
            yield group
        primary = self.merged("runAsGroup", "groups").text("runAsGroup", "groups")
        if primary and not self.merged("runAsUser", "user").has("runAsUser"):
            yield primary

    def profile(self, key: str, field: str) -> str | None:
        """A seccomp or AppArmor profile in the view's terms; an unknown type is unconfined."""
        kind = self.merged(key, field).nested(key, field).text("type", field)
        if kind is None:
            return None
        return {"RuntimeDefault": "runtime-default", "Localhost": "custom"}.get(kind, "unconfined")

    def selinux(self) -> tuple[tuple[str, str], ...]:
        """The SELinux options that are set."""
        options = self.merged("seLinuxOptions", "selinux").nested("seLinuxOptions", "selinux")
        return tuple((key, text) for key in ("type", "user", "role", "level") if (text := options.text(key, "selinux")))

    def host_process(self) -> bool:
        """Windows: whether it is a process of the host."""
        options = [given.nested("windowsOptions", "host_process") for given in (self.own, self._pod)]
        return any(given.flag("hostProcess", "host_process") for given in options)


def _mounts(given: Properties, spec: Properties) -> Iterator[Mount]:
    volumes = {entry.text("name", "mounts"): entry for entry in spec.entries("volumes", "mounts")}
    for entry in given.entries("volumeMounts", "mounts"):
        name = entry.text("name", "mounts") or ""
        volume = volumes.get(name) or Properties({})
        kind, inside = kind_of(volume, "mounts")
        source = (inside.text(POD_VOLUMES[kind], "mounts") or "") if kind in POD_VOLUMES else name
        read_only = entry.flag("readOnly", "mounts") or inside.flag("readOnly", "mounts") or kind in _ALWAYS_READ_ONLY
        propagation = entry.text("mountPropagation", "mounts") or ""
        target, kind = entry.text("mountPath", "mounts") or "", _mount_kind(kind, inside)
        size = mebibytes(inside.raw("sizeLimit", "mounts")) if kind == TMPFS else None
        yield Mount(source, target, kind, read_only, propagation, size)


def _shared_memory_mib(given: Properties, spec: Properties) -> int | None:
    """Size limit of the emptyDir at /dev/shm."""
    field = "shared_memory_mib"
    mounts = given.entries("volumeMounts", field)
    names = {e.text("name", field) for e in mounts if (e.text("mountPath", field) or "").rstrip("/") == SHARED_MEMORY}
    for entry in spec.entries("volumes", field) if names else ():
        if entry.text("name", field) in names:
            return mebibytes(entry.nested("emptyDir", field).raw("sizeLimit", field))
    return None


def _mount_kind(kind: str, inside: Properties) -> str:
    if kind == "emptyDir" and inside.text("medium", "mounts") == "Memory":
        return TMPFS
    return {"hostPath": BIND, "persistentVolumeClaim": VOLUME}.get(kind, kind)


def _host_ports(given: Properties) -> Iterator[PublishedPort]:
    for entry in given.entries("ports", "ports"):
        if host_port := entry.whole("hostPort", "ports"):
            yield PublishedPort(
                host_address=entry.text("hostIP", "ports") or "",
                host_port=host_port,
                container_port=entry.whole("containerPort", "ports") or 0,
                protocol=(entry.text("protocol", "ports") or "tcp").lower(),
            )


def _env_secrets(given: Properties) -> Iterator[str]:
    yield from env_secrets(given, "env", "valueFrom")
    for entry in given.entries("envFrom", "env_secrets"):
        if entry.has("secretRef"):
            yield f"{entry.nested('secretRef', 'env_secrets').text('name', 'env_secrets') or ''}.*"
