"""What groups share, with the figures that follow their knobs: quotas, largest containers, hosts of gateways."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from components.kubernetes.charts import kinds
from components.kubernetes.charts.documents import Document, Tenants, document
from components.kubernetes.charts.knobs import Knobs, put
from components.kubernetes.charts.nodes import NAMESPACE_MARK, text
from components.kubernetes.manifests.base import Manifest, Object
from components.kubernetes.manifests.platform import DEFAULTS
from components.kubernetes.manifests.pod import resource_of
from fleet.model import Cluster
from fleet.plan.deployment import Deployment, PlannedGroup, PlannedNamespace
from fleet.plan.kubernetes_namespaces import copies_at_most

_SUMS = ("pods", "requests.cpu", "limits.cpu", "requests.memory", "limits.memory")
"""Figures of a quota that follow the groups' knobs, besides those of cards."""


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
        if kind == "v1/LimitRange":
            _largest(made, groups)
        elif deployment.machine.cluster:
            _quota(made, groups, deployment.machine.cluster)
    elif kind == "gateway.networking.k8s.io/v1/Gateway":
        for index, listener in enumerate(body["spec"]["listeners"]):
            host = '(index $.Values.groups "{name}").entrance.host'.format(**listener)
            put(body, ("spec", "listeners", index, "hostname"), text(host))
    return made


def _namespace(body: Object, deployment: Deployment) -> PlannedNamespace:
    return next(one for one in deployment.namespaces if one.name == body["metadata"]["namespace"])


def _groups_of(namespace: PlannedNamespace, deployment: Deployment) -> list[PlannedGroup]:
    return [group for group in deployment.groups if group.name in namespace.groups]


def _quota(made: Document, groups: Sequence[PlannedGroup], cluster: Cluster) -> None:
    """The sums of all copies, as `fleet.plan.kubernetes_namespaces` makes them."""
    cards = {group.name: _cards(group, cluster) for group in groups}
    rows = " ".join(f"({_row(group, cards[group.name])})" for group in groups)
    made.before = (
        f'{{{{- $most := include "fleet.quota" (dict "values" $.Values "groups" (list {rows})) | fromJson }}}}\n'
    )
    hard = made.object["spec"]["hard"]
    held = {kind for kinds_held in cards.values() for kind in kinds_held}
    for name in (*_SUMS, *sorted(held)):
        put(hard, (name,), text(f'index $most "{name}"'))


def _cards(group: PlannedGroup, cluster: Cluster) -> Counter[str]:
    """Name in a quota of each kind of card that a copy holds -> how many."""
    pools = [cluster.node_pools[container.gpu.card].gpu for container in group.containers if container.gpu]
    return Counter(f"requests.{resource_of(gpu)}" for gpu in pools if gpu)


def _row(group: PlannedGroup, cards: Mapping[str, int]) -> str:
    """A group and its copies at the most: `times` for each wanted, and `more`."""
    wanted = group.operation.scaling.max
    scaling = group.operation.scaling.model_copy(update={"max": wanted + 1})
    larger = replace(group, operation=replace(group.operation, scaling=scaling))
    times = copies_at_most(larger) - copies_at_most(group)
    more = copies_at_most(group) - times * wanted
    held = " ".join(f'"{kind}" {count}' for kind, count in sorted(cards.items()))
    return f'dict "name" "{group.name}" "times" {times} "more" {more} "cards" (dict {held})'


def _largest(made: Document, groups: Sequence[PlannedGroup]) -> None:
    """The most a container may have, which no default is above."""
    names = " ".join(f'"{group.name}"' for group in groups)
    made.before = (
        f'{{{{- $largest := include "fleet.largest" (dict "values" $.Values "groups" (list {names})) | fromJson }}}}\n'
    )
    limit = ("spec", "limits", 0)
    put(made.object, (*limit, "max", "cpu"), text('printf "%dm" (int $largest.cpu)'))
    put(made.object, (*limit, "max", "memory"), text('printf "%dMi" (int $largest.memory)'))
    for part, (millicores, mib) in DEFAULTS.items():
        put(made.object, (*limit, part, "cpu"), text(f'printf "%dm" (min {millicores} (int $largest.cpu))'))
        put(made.object, (*limit, part, "memory"), text(f'printf "%dMi" (min {mib} (int $largest.memory))'))
