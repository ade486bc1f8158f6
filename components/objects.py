"""Objects of the Kubernetes API, and the parts of pod specs that workloads and Knative services share. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fleet.model.mount_points import SECRETS_PATH
from fleet.plan.planned_container import SHARED_MEMORY, PlannedContainer, PlannedHttp
from fleet.targets.memory_volumes import memory_volume

Object = dict[str, Any]

MANAGED_BY = {"app.kubernetes.io/managed-by": "fleet"}
RESTRICTED = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
"""Namespace labels that enforce the restricted Pod Security level."""
_EXPANDED = re.compile(r"\$+(?=\()|\$\$+")
_SECRET_KEY = "value"  # noqa: S105  (the key inside a Secret, not its value)


def api_object(api_version: str, kind: str, metadata: Object, **body: Any) -> Object:
    """An object of the API, without empty parts."""
    filled = {key: value for key, value in metadata.items() if value}
    return {"apiVersion": api_version, "kind": kind, "metadata": filled, **{k: v for k, v in body.items() if v != {}}}


def create_secret(namespace: str, name: str) -> str:
    """The command that creates a secret from a file."""
    return f"kubectl -n {namespace} create secret generic {name} --from-file={_SECRET_KEY}=FILE"


def create_login(namespace: str, name: str) -> str:
    """The command that creates a Secret with logins of registries from Docker's own file of them."""
    options = "--type=kubernetes.io/dockerconfigjson --from-file=.dockerconfigjson=FILE"
    return f"kubectl -n {namespace} create secret generic {name} {options}"


def image(reference: str) -> Object:
    """Image and pull policy of a container. A digest never changes; a tag may have moved."""
    return {"image": reference, "imagePullPolicy": "IfNotPresent" if "@sha256:" in reference else "Always"}


def variable(name: str, value: str) -> Object:
    """An environment variable with a literal value."""
    return {"name": name, "value": literal(value)}


def literal(text: str) -> str:
    """Text that Kubernetes passes on as it is: it expands $(NAME) and makes one $ of two, unless each is doubled.

    Of variables, entry points, commands and commands of probes (third_party/forked/golang/expansion of Kubernetes).
    """
    return _EXPANDED.sub(lambda match: match[0] * 2, text)


def secret_variables(container: PlannedContainer) -> Iterator[Object]:
    """Variables with the value of a Secret."""
    for variable, name in container.secret_env.items():
        yield {"name": variable, "valueFrom": {"secretKeyRef": {"name": name, "key": _SECRET_KEY}}}


def program(container: PlannedContainer) -> Object:
    """What the image's own program and folder are replaced by."""
    found = {
        "command": list(map(literal, container.entrypoint)),
        "args": list(map(literal, container.command)),
        "workingDir": container.working_dir,
    }
    return {key: value for key, value in found.items() if value}


def resources(container: PlannedContainer, requests: Mapping[str, str], limits: Mapping[str, str]) -> Object:
    """Requests and limits: CPU, memory, and the given ones of other resources."""
    return {
        "requests": {
            "cpu": f"{container.cpu_request_millicores}m",
            "memory": f"{container.memory_request_mib}Mi",
            **requests,
        },
        "limits": {"cpu": f"{container.cpu_cap_millicores}m", "memory": f"{container.memory_cap_mib}Mi", **limits},
    }


def restricted_context(container: PlannedContainer) -> Object:
    """Security context under the restricted level, without `allowPrivilegeEscalation`."""
    run_as = container.hardening.run_as
    return {
        "readOnlyRootFilesystem": container.hardening.read_only_root,
        "runAsNonRoot": True,
        "runAsUser": run_as.uid,
        "runAsGroup": run_as.gid,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def http_probes(check: PlannedHttp) -> tuple[Object, Object]:
    """Actions that probe liveness and readiness."""
    live, ready = ({"path": path, "port": check.port} for path in (check.path, check.ready_path))
    return {"httpGet": live}, {"httpGet": ready}


def memory_and_secret_volumes(container: PlannedContainer, secret_mode: int) -> Iterator[tuple[str, Object]]:
    """Name and source of each volume in memory, then of the volume that holds the secrets."""
    for name, _, size_mib in _in_memory(container):
        yield name, {"emptyDir": {"medium": "Memory", "sizeLimit": f"{size_mib}Mi"}}
    if container.secrets:
        sources = [{"secret": {"name": s, "items": [{"key": _SECRET_KEY, "path": s}]}} for s in container.secrets]
        yield _secrets_volume(container), {"projected": {"defaultMode": secret_mode, "sources": sources}}


def volume_mount(name: str, path: str, *, read_only: bool = False) -> Object:
    """A mount of a container."""
    return {"name": name, "mountPath": path, **({"readOnly": True} if read_only else {})}


def memory_and_secret_mounts(container: PlannedContainer) -> Iterator[Object]:
    """Mounts of `memory_and_secret_volumes`."""
    yield from (volume_mount(name, path) for name, path, _ in _in_memory(container))
    if container.secrets:
        yield volume_mount(_secrets_volume(container), SECRETS_PATH, read_only=True)


def _in_memory(container: PlannedContainer) -> Iterator[tuple[str, str, int]]:
    """(volume, path, MiB) of /dev/shm and the writable folders of a read-only root."""
    yield f"shm-{container.key}", SHARED_MEMORY, container.shared_memory_mib
    for path, size in sorted(container.hardening.tmpfs.items()):
        yield memory_volume(path, container.key), path, size


def _secrets_volume(container: PlannedContainer) -> str:
    return f"secrets-{container.key}"
