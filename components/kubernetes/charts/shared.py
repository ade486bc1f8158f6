"""What groups share, with the figures that follow their knobs: quotas, largest containers, hosts of gateways."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from components.kubernetes.charts import kinds
from components.kubernetes.charts.documents import Document, Tenants, document
from components.kubernetes.charts.knobs import Knobs, put
from components.kubernetes.charts.nodes import NAMESPACE_MARK, text
from components.kubernetes.manifests.base import Manifest, Object
from components.kubernetes.manifests.platform import DEFAULT_MIB, DEFAULT_MILLICORES
from components.kubernetes.manifests.pod import DEVICE
from fleet.model import RolloutStrategy
from fleet.plan.deployment import Deployment, PlannedGroup, PlannedNamespace

_FIXED = ("persistentvolumeclaims", "requests.storage", "services.nodeports", "services.loadbalancers")
"""Figures of a quota that no knob changes."""


def general_knobs(deployment: Deployment, namespace: str, knobs: Knobs) -> None:
    """The knobs that are no group's."""
    knobs.add(("namespace", "name"), namespace, kinds.NAMESPACE)
    knobs.add(("namespace", "create"), value=True, kind=kinds.CREATE)
    for tenant in deployment.tenants:
        knobs.add(("tenants", tenant, "enabled"), value=True, kind=kinds.TENANT)


def shared_text(deployment: Deployment, manifests: Iterable[Manifest], tenants: Tenants, made_by: str) -> str:
    """Text of the template of what groups share."""
    head = f'{{{{- /* {made_by} */ -}}}}\n{{{{- include "fleet.checkRelease" $ }}}}\n'
    return head + "".join(_document(manifest, deployment, tenants).text() for manifest in manifests)


def _document(manifest: Manifest, deployment: Deployment, tenants: Tenants) -> Document:
    made = document(manifest, tenants)
    body, kind = made.object, manifest.kind
    if kind == "v1/Namespace":
        made.conditions.append("$.Values.namespace.create")
    elif kind == "scheduling.k8s.io/v1/PriorityClass":
        tier = manifest.name.removeprefix(f"{NAMESPACE_MARK}-")
        made.conditions += tenants.of_any([g.name for g in deployment.groups if g.operation.tier == tier])
    elif kind in ("v1/ResourceQuota", "v1/LimitRange"):
        groups = _groups_of(_namespace(body, deployment), deployment)
        _quota(made, groups) if kind == "v1/ResourceQuota" else _largest(made, groups)
    elif kind == "gateway.networking.k8s.io/v1/Gateway":
        for index, listener in enumerate(body["spec"]["listeners"]):
            host = '(index $.Values.groups "{name}").entrance.host'.format(**listener)
            put(body, ("spec", "listeners", index, "hostname"), text(host))
    return made


def _namespace(body: Object, deployment: Deployment) -> PlannedNamespace:
    return next(one for one in deployment.namespaces if one.name == body["metadata"]["namespace"])


def _groups_of(namespace: PlannedNamespace, deployment: Deployment) -> list[PlannedGroup]:
    return [group for group in deployment.groups if group.name in namespace.groups]


def _quota(made: Document, groups: Sequence[PlannedGroup]) -> None:
    """The sums of all copies, as `fleet.plan.namespaces` makes them."""
    rows = " ".join(f"({_row(group)})" for group in groups)
    made.before = (
        f'{{{{- $most := include "fleet.quota" (dict "values" $.Values "groups" (list {rows})) | fromJson }}}}\n'
    )
    hard = made.object["spec"]["hard"]
    for name in hard:
        if name not in _FIXED:
            key = "cards" if name == f"requests.{DEVICE}" else name
            put(hard, (name,), text(f'index $most "{key}"'))


def _row(group: PlannedGroup) -> str:
    rollout = group.operation.rollout
    recreated = rollout.strategy is RolloutStrategy.RECREATE
    surge, tracks = (0, 1) if recreated else (rollout.surge, 2 if rollout.has_two_tracks else 1)
    cards = sum(1 for container in group.containers if container.gpu)
    return f'dict "name" "{group.name}" "surge" {surge} "tracks" {tracks} "cards" {cards}'


def _largest(made: Document, groups: Sequence[PlannedGroup]) -> None:
    names = " ".join(f'"{group.name}"' for group in groups)
    least = f'"cpu" {DEFAULT_MILLICORES} "memory" {DEFAULT_MIB}'
    arguments = f'dict "values" $.Values "groups" (list {names}) {least}'
    made.before = f'{{{{- $largest := include "fleet.largest" ({arguments}) | fromJson }}}}\n'
    for name in ("cpu", "memory"):
        put(made.object, ("spec", "limits", 0, "max", name), text(f"$largest.{name}"))
