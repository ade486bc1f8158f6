"""A cluster in a plan: its pools of cards, what its nodes give, the quota of each namespace, entrance and edges."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.view import bar, memory
from cli.view.rows import LABEL_WIDTH, ascii_only, bar_row, indented, labelled
from fleet.model import Cluster
from fleet.plan.deployment import Demand, Deployment
from fleet.targets.gpu_use import PoolUse
from fleet.text import gibibytes

_WIDE = 110
"""Columns from which the quotas fit as a table."""


def show_cluster(out: Console, deployment: Deployment, cluster: Cluster) -> None:
    """Prints what a cluster's groups take of it, at least and at the most."""
    for use in deployment.pools:
        _pool(out, use)
    _nodes(out, deployment, cluster)
    _quota(out, deployment)
    if cluster.entrance and any(group.operation.exposure for group in deployment.groups):
        labelled(out, "entry", Text("\n".join(_entries(deployment, cluster.entrance.kind))))
    labelled(out, "edges", Text("\n".join(_edges(deployment)) or "none: no group may open a connection"))


def _pool(out: Console, use: PoolUse) -> None:
    taken = memory.of_pool(use)
    bar_row(out, "GPU", taken.parts, taken.figures)
    indented(out, bar.legend(taken.parts, out.width - LABEL_WIDTH, ascii_only=ascii_only(out)))
    indented(out, Text(f"{use.gpu.sharing}; {memory.copies(use)}"))


def _nodes(out: Console, deployment: Deployment, cluster: Cluster) -> None:
    taken = memory.of_nodes(deployment, cluster)
    bar_row(out, "RAM", taken.parts, taken.figures)


def _quota(out: Console, deployment: Deployment) -> None:
    """A row a namespace: what its groups ask of its quota now, of what they may ask."""
    if out.width < _WIDE:
        labelled(out, "quota", Text("\n".join(_quota_lines(deployment))))
        return
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("namespace")
    for heading in ("pods", "CPU", "memory", "cards", "storage"):
        table.add_column(heading, justify="right")
    for namespace in deployment.namespaces:
        least, most = namespace.least, namespace.most
        storage = gibibytes(namespace.storage_mib) if namespace.storage_mib else "-"
        table.add_row(namespace.name, *_used(least, most), storage)
    labelled(out, "quota", table)


def _quota_lines(deployment: Deployment) -> Iterator[str]:
    for namespace in deployment.namespaces:
        pods, cpus, memory, cards = _used(namespace.least, namespace.most)
        with_cards = f", {cards} cards" if namespace.most.cards else ""
        stored = f", {gibibytes(namespace.storage_mib)} stored" if namespace.storage_mib else ""
        yield f"{namespace.name}: {pods} pods, {cpus} CPUs, {memory}{with_cards}{stored}"


def _used(least: Demand, most: Demand) -> Iterator[str]:
    yield f"{least.pods} of {most.pods}"
    yield f"{least.cpu_request_millicores / 1000:g} of {most.cpu_request_millicores / 1000:g}"
    yield f"{gibibytes(least.memory_request_mib)} of {gibibytes(most.memory_request_mib)}"
    yield f"{least.cards} of {most.cards}" if most.cards else "-"


def _entries(deployment: Deployment, kind: str) -> Iterator[str]:
    for group in deployment.groups:
        exposure = group.operation.exposure
        if exposure:
            limits = f", {exposure.requests_per_second} requests/s, {exposure.connections} connections an address"
            kept = limits if kind == "ingress" else ""
            yield f"https://{exposure.host} to {group.name}/{exposure.port}{kept}"


def _edges(deployment: Deployment) -> Iterator[str]:
    """A line a group: all it may open a connection to."""
    for group in deployment.groups:
        mine = [edge for edge in deployment.edges if edge.source == group.name]
        to = [f"{edge.name or edge.target}:{edge.port}" for edge in mine] + list(group.operation.outside)
        if to:
            yield f"{group.name} to {', '.join(to)}"
