"""The objects of one group, with its knobs: images, resources, copies, autoscaling, hosts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from components.kubernetes.charts import kinds
from components.kubernetes.charts.documents import Document, Tenants, document
from components.kubernetes.charts.knobs import Kind, KnobError, Knobs, place, put
from components.kubernetes.charts.nodes import Expression, Only, number, text, written
from components.kubernetes.manifests.base import Manifest, Object
from fleet.labels import ADDRESS_BOOK, MEMORY_REQUEST_MIB, TRACK, as_annotation
from fleet.model import Scaling
from fleet.plan.deployment import PlannedGroup

_WORKLOADS = ("apps/v1/Deployment", "apps/v1/StatefulSet")
_RESOURCES = {
    "cpu": kinds.CPU,
    "memory": kinds.MEMORY,
    "ephemeral-storage": kinds.DISK,
}


class GroupChart:
    """A group's part of a chart. `copies`: how its autoscalers and budgets look, whether or not it has them now."""

    def __init__(
        self, group: PlannedGroup, manifests: Sequence[Manifest], copies: Sequence[Manifest], knobs: Knobs
    ) -> None:
        self._group = group
        self._manifests = manifests
        self._copies = copies
        self._knobs = knobs

    def text(self, tenants: Tenants, made_by: str) -> str:
        """Text of the group's template."""
        name = self._group.name
        documents = [self._document(manifest, tenants) for manifest in self._all()]
        head = [
            f"{{{{- /* {made_by} */ -}}}}",
            f'{{{{- $group := index $.Values.groups "{name}" }}}}',
            f'{{{{- include "fleet.check" (dict "name" "{name}" "group" $group) }}}}',
        ]
        books = [_book(name, file, book) for file, book in self._books().items()]
        return "\n".join([*books, *head, ""]) + "".join(one.text() for one in documents)

    def _all(self) -> Iterable[Manifest]:
        ours = {manifest.key for manifest in self._copies}
        return (*(m for m in self._manifests if m.key not in ours), *self._copies)

    def _document(self, manifest: Manifest, tenants: Tenants) -> Document:
        made = document(manifest, tenants)
        body, kind = made.object, manifest.kind
        if kind in _WORKLOADS:
            self._workload(body)
        elif kind == "v1/ConfigMap":
            for file in self._books():
                put(body, ("data", file), text(f'include "{_book_name(self._group.name, file)}" $'))
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
            self._put(body, ("spec", "hostnames", 0), ("entrance", "host"), kinds.HOST, text)
        return made

    def _put(self, body: Object, at: tuple[str | int, ...], key: tuple[str, ...], kind: Kind, make: Any) -> None:
        """Puts a knob of the group in place of a value, which it holds unless it is turned."""
        old = put(body, at, make(_code(key)))
        self._knobs.add(("groups", self._group.name, *key), int(old) if make is not text else old, kind)

    # The pods.

    def _workload(self, body: Object) -> None:
        self._replicas(body)
        pod = place(body, ("spec", "template", "spec"))
        annotations = place(body, ("spec", "template", "metadata", "annotations"))
        is_trial = self._is_on_trial(body)
        for index, rendered in enumerate(pod["containers"]):
            self._image(rendered, "candidateImage" if index == 0 and is_trial else "image")
            self._resources(rendered)
            request = _code(("containers", rendered["name"], "resources", "requests", "memory"))
            note = as_annotation(MEMORY_REQUEST_MIB, rendered["name"])
            put(annotations, (note,), text(f'include "fleet.mebibytes" {request}'))
        if books := self._books():
            put(annotations, (ADDRESS_BOOK,), _digest(self._group.name, books))

    def _is_on_trial(self, body: Object) -> bool:
        """Whether it is the second of two versions, whose main container has another image."""
        state = self._group.operation.state
        return state is not None and body["metadata"]["labels"].get(TRACK) == str(state.track.other)

    def _image(self, container: Object, key: str) -> None:
        path = ("containers", container["name"], key)
        kind = kinds.CANDIDATE if key == "candidateImage" else kinds.IMAGE
        self._put(container, ("image",), path, kind, text)
        policy = Expression(f'ternary "IfNotPresent" "Always" (contains "@sha256:" {_code(path)})')
        put(container, ("imagePullPolicy",), policy)

    def _resources(self, container: Object) -> None:
        for part in ("requests", "limits"):
            for resource, kind in _RESOURCES.items():
                path = ("containers", container["name"], "resources", part, resource)
                self._put(container, ("resources", part, resource), path, kind, text)

    def _replicas(self, body: Object) -> None:
        wanted = self._group.operation.scaling
        one, elastic = kinds.ONE_COPY, self._can_have_several()
        self._knobs.add(
            ("groups", self._group.name, "replicas"),
            wanted.min,
            kinds.COPIES if elastic else one,
        )
        if wanted.is_elastic == ("replicas" in body["spec"]):
            msg = f"{self._group.name}: replicas stand in the render of an elastic group, or in no other"
            raise KnobError(msg)
        replicas = number("$group.replicas")
        body["spec"]["replicas"] = Only("not $group.autoscaling.enabled", replicas) if elastic else replicas
        if elastic:
            self._autoscaling(wanted)

    def _can_have_several(self) -> bool:
        return bool(self._copies)

    # Copies.

    def _autoscaling(self, wanted: Scaling) -> None:
        for key, value, kind in (
            ("enabled", wanted.is_elastic, kinds.AUTOSCALED),
            ("min", wanted.min, kinds.LEAST),
            ("max", wanted.max, kinds.MOST),
            ("cpuPercent", wanted.cpu_percent, kinds.CPU_PERCENT),
            ("memoryPercent", wanted.memory_percent, kinds.MEMORY_PERCENT),
        ):
            self._knobs.add(("groups", self._group.name, "autoscaling", key), value, kind)

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

    # The entrance.

    def _ingress(self, body: Object) -> None:
        host = ("entrance", "host")
        self._put(body, ("spec", "rules", 0, "host"), host, kinds.HOST, text)
        self._put(body, ("spec", "tls", 0, "hosts", 0), host, kinds.HOST, text)
        for annotation, key, kind in (
            ("nginx.ingress.kubernetes.io/limit-rps", "requestsPerSecond", kinds.RATE),
            ("nginx.ingress.kubernetes.io/limit-connections", "connections", kinds.CONNECTIONS),
        ):
            self._put(body, ("metadata", "annotations", annotation), ("entrance", key), kind, _whole)

    # Address books.

    def _books(self) -> Mapping[str, str]:
        found = [m.object["data"] for m in self._manifests if m.kind == "v1/ConfigMap"]
        return dict(sorted(found[0].items())) if found else {}


def _whole(code: str) -> Expression:
    return text(f"{code} | int")


def _code(key: tuple[str, ...]) -> str:
    """`$group.autoscaling.max`; keys with a dash cannot be written so."""
    if all(part.isalnum() for part in key):
        return f"$group.{'.'.join(key)}"
    quoted = " ".join(json.dumps(part) for part in key)
    return f"(index $group {quoted})"


def _index(names: Sequence[str], name: str) -> int:
    if name not in names:
        msg = f"an autoscaler of the render does not watch {name}"
        raise KnobError(msg)
    return names.index(name)


def _book_name(group: str, file: str) -> str:
    return f"fleet.book.{group}.{file}"


def _book(group: str, file: str, book: str) -> str:
    return f'{{{{- define "{_book_name(group, file)}" -}}}}\n{written(book)}\n{{{{- end }}}}'


def _digest(group: str, books: Mapping[str, str]) -> Expression:
    """As the render makes it of the address books: pods follow a changed one."""
    lines = " ".join(f'(printf "{file} %s" (include "{_book_name(group, file)}" $))' for file in books)
    return text(f'list {lines} | join "\\n" | sha256sum | trunc 16')
