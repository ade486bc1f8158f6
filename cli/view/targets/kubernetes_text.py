"""A cluster in a plan: GPU pools, nodes, quota of each namespace, entrance and network edges."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

from cli.view import memory
from cli.view.rows import bar_row, labelled, memory_rows
from cli.view.targets.kubernetes import main_memory
from fleet.model import Cluster
from fleet.plan.deployment import Demand, Deployment
from fleet.text import gibibytes

_WIDE = 110
"""Columns from which the quotas fit as a table."""


def show_cluster(out: Console, deployment: Deployment, cluster: Cluster) -> None:
    """Prints what the groups use of a cluster, at minimum and maximum copies."""
    for use in deployment.pools:
        memory_rows(out, "GPU", memory.of_pool(use))
        labelled(out, "", f"{use.gpu.sharing}; {memory.copies(use)}")
    taken = main_memory(deployment)
    bar_row(out, "RAM", taken.parts, taken.figures)
    labelled(out, "quota", _quotas(deployment) if out.width >= _WIDE else "\n".join(_quota_lines(deployment)))
    if cluster.entrance and any(group.operation.exposure for group in deployment.groups):
        labelled(out, "entry", "\n".join(_entries(deployment, cluster.entrance.kind)))
    labelled(out, "edges", "\n".join(_edges(deployment)) or "none: no group may open a connection")


def _quotas(deployment: Deployment) -> Table:
    table = Table("namespace", box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for heading in ("pods", "CPU", "memory", "cards", "storage"):
        table.add_column(heading, justify="right")
    for namespace in deployment.namespaces:
        storage = gibibytes(namespace.storage_mib) if namespace.storage_mib else "-"
        table.add_row(namespace.name, *_used(namespace.least, namespace.most), storage)
    return table


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
        if exposure := group.operation.exposure:
            limits = f", {exposure.requests_per_second} requests/s, {exposure.connections} connections an address"
            yield f"https://{exposure.host} to {group.name}/{exposure.port}{limits if kind == 'ingress' else ''}"


def _edges(deployment: Deployment) -> Iterator[str]:
    for group in deployment.groups:
        peers = [f"{edge.name or edge.target}:{edge.port}" for edge in deployment.edges if edge.source == group.name]
        if targets := [*peers, *group.operation.outside]:
            yield f"{group.name} to {', '.join(targets)}"
