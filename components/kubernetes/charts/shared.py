"""The template of shared objects; quotas, limit ranges and hosts of gateways are computed from the groups' values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from components.kubernetes.charts import kinds
from components.kubernetes.charts.documents import Document, Tenants, document
from components.kubernetes.charts.knobs import Knobs, put
from components.kubernetes.charts.nodes import NAMESPACE_MARK, text
from components.kubernetes.manifests.base import Manifest, cluster_of
from components.kubernetes.manifests.platform import DEFAULTS, cards_of
from fleet.plan.deployment import Deployment, PlannedGroup
from fleet.plan.kubernetes_namespaces import copies_at_most

_SUMS = ("pods", "requests.cpu", "limits.cpu", "requests.memory", "limits.memory")
"""Entries of a quota that are computed from the groups' values, besides those of cards."""


def general_knobs(deployment: Deployment, namespace: str, knobs: Knobs) -> None:
    """The values that belong to no group."""
    knobs.add(("namespace", "name"), namespace, kinds.NAMESPACE)
    knobs.add(("namespace", "create"), value=True, kind=kinds.CREATE)
    for tenant in deployment.tenants:
        knobs.add(("tenants", tenant, "enabled"), value=True, kind=kinds.TENANT)


def shared_text(deployment: Deployment, manifests: Iterable[Manifest], tenants: Tenants, made_by: str) -> str:
    """Text of the template of shared objects."""
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
        namespace = next(one for one in deployment.namespaces if one.name == body["metadata"]["namespace"])
        groups = [group for group in deployment.groups if group.name in namespace.groups]
        if kind == "v1/LimitRange":
            _largest(made, groups)
        else:
            _quota(made, [(group, cards_of(group, cluster_of(deployment))) for group in groups])
    elif kind == "gateway.networking.k8s.io/v1/Gateway":
        for index, listener in enumerate(body["spec"]["listeners"]):
            host = '(index $.Values.groups "{name}").entrance.host'.format(**listener)
            put(body, ("spec", "listeners", index, "hostname"), text(host))
    return made


def _quota(made: Document, groups: Sequence[tuple[PlannedGroup, Mapping[str, int]]]) -> None:
    """The sums of all replicas, as `fleet.plan.kubernetes_namespaces` computes them."""
    rows = " ".join(f"({_row(group, cards)})" for group, cards in groups)
    made.before = (
        f'{{{{- $most := include "fleet.quota" (dict "values" $.Values "groups" (list {rows})) | fromJson }}}}\n'
    )
    cards = sorted({f"requests.{kind}" for _, cards in groups for kind in cards})
    for name in (*_SUMS, *cards):
        put(made.object, ("spec", "hard", name), text(f'index $most "{name}"'))


def _row(group: PlannedGroup, cards: Mapping[str, int]) -> str:
    """A group's maximum of pods is `times` its maximum of replicas, plus `more`."""
    wanted = group.operation.scaling.max
    scaling = group.operation.scaling.model_copy(update={"max": wanted + 1})
    larger = replace(group, operation=replace(group.operation, scaling=scaling))
    times = copies_at_most(larger) - copies_at_most(group)
    more = copies_at_most(group) - times * wanted
    counts = " ".join(f'"requests.{kind}" {count}' for kind, count in sorted(cards.items()))
    return f'dict "name" "{group.name}" "times" {times} "more" {more} "cards" (dict {counts})'


def _largest(made: Document, groups: Sequence[PlannedGroup]) -> None:
    """The largest limits of any container, which the defaults must not exceed."""
    names = " ".join(f'"{group.name}"' for group in groups)
    made.before = (
        f'{{{{- $largest := include "fleet.largest" (dict "values" $.Values "groups" (list {names})) | fromJson }}}}\n'
    )
    (limit,) = made.object["spec"]["limits"]
    put(limit, ("max", "cpu"), text('printf "%dm" (int $largest.cpu)'))
    put(limit, ("max", "memory"), text('printf "%dMi" (int $largest.memory)'))
    for part, (millicores, mib) in DEFAULTS.items():
        put(limit, (part, "cpu"), text(f'printf "%dm" (min {millicores} (int $largest.cpu))'))
        put(limit, (part, "memory"), text(f'printf "%dMi" (min {mib} (int $largest.memory))'))
