"""The template of one group, and its values: images, resources, replicas, autoscaling, hosts."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from components.kubernetes.charts import kinds
from components.kubernetes.charts.documents import Document, Tenants, document
from components.kubernetes.charts.knobs import Kind, KnobError, Knobs, place, put
from components.kubernetes.charts.nodes import Expression, Only, number, text, written
from components.kubernetes.manifests.base import Manifest
from components.kubernetes.manifests.files import FILES_SUFFIX
from components.objects import Object
from fleet.labels import ADDRESS_BOOK, MEMORY_REQUEST_MIB, TRACK, as_annotation
from fleet.model import MAIN
from fleet.plan.deployment import PlannedGroup

_WORKLOADS = ("apps/v1/Deployment", "apps/v1/StatefulSet")
_HOOK = {"helm.sh/hook": "post-install,post-upgrade", "helm.sh/hook-delete-policy": "before-hook-creation"}
_RESOURCES = {"cpu": kinds.CPU, "memory": kinds.MEMORY, "ephemeral-storage": kinds.DISK}


class GroupChart:
    """A group's part of a chart.

    scaling: the autoscalers and disruption budgets it has with several replicas; empty if it cannot have several.
    """

    def __init__(
        self, group: PlannedGroup, manifests: Sequence[Manifest], scaling: Sequence[Manifest], knobs: Knobs
    ) -> None:
        self._group = group
        self._scaling = scaling
        scaled = {manifest.key for manifest in scaling}
        self._manifests = (*(m for m in manifests if m.key not in scaled), *scaling)
        self._knobs = knobs
        data: Mapping[str, str] = next((m.object["data"] for m in manifests if _holds_books(m)), {})
        self._books = dict(sorted(data.items()))

    def template(self, tenants: Tenants, made_by: str) -> str:
        """Text of the group's template."""
        name = self._group.name
        documents = [self._document(manifest, tenants) for manifest in self._manifests]
        head = [
            f"{{{{- /* {made_by} */ -}}}}",
            f'{{{{- $group := index $.Values.groups "{name}" }}}}',
            f'{{{{- include "fleet.check" (dict "name" "{name}" "group" $group) }}}}',
        ]
        books = [
            f'{{{{- define "{self._book_name(file)}" -}}}}\n{written(book)}\n{{{{- end }}}}'
            for file, book in self._books.items()
        ]
        return "\n".join([*books, *head, ""]) + "".join(one.text() for one in documents)

    def _document(self, manifest: Manifest, tenants: Tenants) -> Document:
        made = document(manifest, tenants)
        body, kind = made.object, manifest.kind
        if kind in _WORKLOADS:
            self._workload(body)
        elif kind == "batch/v1/Job":
            self._job(body)
        elif _holds_books(manifest):
            for file in self._books:
                put(body, ("data", file), text(f'include "{self._book_name(file)}" $'))
        elif kind == "autoscaling/v2/HorizontalPodAutoscaler":
            made.conditions.append("$group.autoscaling.enabled")
            self._autoscaler(body)
        elif kind == "keda.sh/v1alpha1/ScaledObject":
            made.conditions.append("$group.autoscaling.enabled")
            self._scaled_object(body)
        elif kind == "policy/v1/PodDisruptionBudget":
            made.conditions.append('gt (include "fleet.least" $group | int) 1')
        elif kind == "networking.k8s.io/v1/Ingress":
            self._ingress(body)
        elif kind == "gateway.networking.k8s.io/v1/HTTPRoute":
            self._put(body, ("spec", "hostnames", 0), ("entrance", "host"), kinds.HOST)
        return made

    def _put(
        self,
        body: Object,
        at: tuple[str | int, ...],
        key: tuple[str, ...],
        kind: Kind,
        make: Callable[[str], Expression] = text,
    ) -> None:
        """Replaces a value of the render by one of the chart, of which it becomes the default."""
        old = put(body, at, make(_code(key)))
        self._add(key, int(old) if make is not text else old, kind)

    def _add(self, key: tuple[str, ...], value: object, kind: Kind) -> None:
        self._knobs.add(("groups", self._group.name, *key), value, kind)

    def _job(self, body: Object) -> None:
        # An upgrade cannot change a Job: as a hook, it is deleted and created again, and so runs again.
        body["metadata"].setdefault("annotations", {}).update(_HOOK)
        self._put(body, ("spec", "parallelism"), ("replicas",), kinds.ONE_REPLICA, number)
        self._pod(body)

    def _workload(self, body: Object) -> None:
        self._replicas(body)
        self._pod(body)

    def _pod(self, body: Object) -> None:
        pod = place(body, ("spec", "template", "spec"))
        annotations = place(body, ("spec", "template", "metadata", "annotations"))
        state = self._group.operation.state
        is_candidate = state is not None and body["metadata"]["labels"].get(TRACK) == str(state.track.other)
        for rendered in (*pod["containers"], *pod.get("initContainers", ())):
            self._container(rendered, "candidateImage" if rendered["name"] == MAIN and is_candidate else "image")
            request = _code(("containers", rendered["name"], "resources", "requests", "memory"))
            note = as_annotation(MEMORY_REQUEST_MIB, rendered["name"])
            put(annotations, (note,), text(f'include "fleet.mebibytes" {request}'))
        if self._books:
            # The digest of the render, computed from the chart's address books.
            lines = " ".join(f'(printf "{file} %s" (include "{self._book_name(file)}" $))' for file in self._books)
            put(annotations, (ADDRESS_BOOK,), text(f'list {lines} | join "\\n" | sha256sum | trunc 16'))

    def _container(self, container: Object, image_key: str) -> None:
        path = ("containers", container["name"])
        image = (*path, image_key)
        self._put(container, ("image",), image, kinds.CANDIDATE if image_key == "candidateImage" else kinds.IMAGE)
        policy = Expression(f'ternary "IfNotPresent" "Always" (contains "@sha256:" {_code(image)})')
        put(container, ("imagePullPolicy",), policy)
        for part in ("requests", "limits"):
            for resource, kind in _RESOURCES.items():
                at = ("resources", part, resource)
                self._put(container, at, (*path, *at), kind)

    def _replicas(self, body: Object) -> None:
        wanted = self._group.operation.scaling
        self._add(("replicas",), wanted.min, kinds.REPLICAS if self._scaling else kinds.ONE_REPLICA)
        if wanted.is_elastic == ("replicas" in body["spec"]):
            msg = f"{self._group.name}: replicas are set for an elastic group, or missing for another"
            raise KnobError(msg)
        replicas = number("$group.replicas")
        if not self._scaling:
            body["spec"]["replicas"] = replicas
            return
        body["spec"]["replicas"] = Only("not $group.autoscaling.enabled", replicas)
        for key, value, kind in (
            ("enabled", wanted.is_elastic, kinds.AUTOSCALING),
            ("min", wanted.min, kinds.REPLICAS_MIN),
            ("max", wanted.max, kinds.REPLICAS_MAX),
            ("cpuPercent", wanted.cpu_percent, kinds.CPU_PERCENT),
            ("memoryPercent", wanted.memory_percent, kinds.MEMORY_PERCENT),
        ):
            self._add(("autoscaling", key), value, kind)

    def _autoscaler(self, body: Object) -> None:
        put(body, ("spec", "minReplicas"), number("$group.autoscaling.min"))
        put(body, ("spec", "maxReplicas"), number("$group.autoscaling.max"))
        names = [metric["resource"]["name"] for metric in body["spec"]["metrics"]]
        for name in ("cpu", "memory"):
            at = ("spec", "metrics", _index(names, name), "resource", "target", "averageUtilization")
            put(body, at, number(f"$group.autoscaling.{name}Percent"))

    def _scaled_object(self, body: Object) -> None:
        put(body, ("spec", "minReplicaCount"), number("$group.autoscaling.min"))
        put(body, ("spec", "maxReplicaCount"), number("$group.autoscaling.max"))
        names = [trigger["type"] for trigger in body["spec"]["triggers"]]
        for name in ("cpu", "memory"):
            at = ("spec", "triggers", _index(names, name), "metadata", "value")
            put(body, at, text(f"$group.autoscaling.{name}Percent | int"))

    def _ingress(self, body: Object) -> None:
        host = ("entrance", "host")
        self._put(body, ("spec", "rules", 0, "host"), host, kinds.HOST)
        self._put(body, ("spec", "tls", 0, "hosts", 0), host, kinds.HOST)
        for annotation, key, kind in (
            ("nginx.ingress.kubernetes.io/limit-rps", "requestsPerSecond", kinds.RATE),
            ("nginx.ingress.kubernetes.io/limit-connections", "connections", kinds.CONNECTIONS),
        ):
            self._put(body, ("metadata", "annotations", annotation), ("entrance", key), kind, _whole)

    def _book_name(self, file: str) -> str:
        return f"fleet.book.{self._group.name}.{file}"


def _whole(code: str) -> Expression:
    return text(f"{code} | int")


def _code(key: tuple[str, ...]) -> str:
    """`$group.autoscaling.max`, or with `index` for keys with a dash."""
    if all(part.isalnum() for part in key):
        return f"$group.{'.'.join(key)}"
    quoted = " ".join(json.dumps(part) for part in key)
    return f"(index $group {quoted})"


def _index(names: Sequence[str], name: str) -> int:
    if name not in names:
        msg = f"an autoscaler of the render has no metric {name}"
        raise KnobError(msg)
    return names.index(name)


def _holds_books(manifest: Manifest) -> bool:
    """Whether it is the ConfigMap of the address books; the one of the project's files has another name."""
    return manifest.kind == "v1/ConfigMap" and not manifest.name.endswith(FILES_SUFFIX)
