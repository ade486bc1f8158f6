"""What is taken of a card, a pool, a host or a cluster's nodes: the parts of a bar, with its figures in words."""

from __future__ import annotations

from dataclasses import dataclass

from cli.view import bar
from fleet.model import Cluster
from fleet.model.quantities import gibibytes, thousands
from fleet.plan.deployment import Deployment
from fleet.targets.gpu_use import CardUse, PoolUse


@dataclass(frozen=True, slots=True)
class Taken:
    """Parts that fill a bar, and what they come to."""

    parts: tuple[bar.Part, ...]
    figures: str


def of_card(card: CardUse) -> Taken:
    """Requests, contexts and the desktop's reserve."""
    gpu = card.gpu
    parts = (
        *bar.shares([(share.label, share.budget.request_mib) for share in card.shares]),
        bar.overhead(f"contexts {card.processes} x {gpu.context_mib} =", card.context_mib),
        *([bar.reserve("desktop", gpu.reserve_mib)] if gpu.reserve_mib else []),
        bar.free(card.free_mib),
    )
    percent = f"{100 * card.committed_mib / gpu.memory_mib:.1f} %"
    return Taken(parts, f"{gpu.model}   {thousands(card.committed_mib)} of {thousands(gpu.memory_mib)} MiB   {percent}")


def of_host(deployment: Deployment) -> Taken:
    """Main memory of a machine."""
    machine = deployment.machine
    used = deployment.memory_request_mib
    parts = (
        *bar.shares([("groups", used)]),
        bar.reserve("system", machine.memory_reserve_mib),
        bar.free(machine.memory_mib - used - machine.memory_reserve_mib),
    )
    kept = gibibytes(machine.memory_reserve_mib)
    return Taken(parts, f"{gibibytes(used)} requested, {kept} reserve, of {gibibytes(machine.memory_mib)}")


def of_pool(use: PoolUse) -> Taken:
    """What copies that always run take of a pool's cards."""
    gpu = use.gpu
    total = gpu.memory_mib * use.cards
    parts = (*bar.shares(use.taken), bar.free(total - sum(mib for _, mib in use.taken)))
    return Taken(parts, f"{use.name}: {use.cards} x {gpu.model} of {thousands(gpu.memory_mib)} MiB")


def of_nodes(deployment: Deployment, cluster: Cluster) -> Taken:
    """Main memory of a cluster's nodes, always and at the most."""
    least = sum(namespace.least.memory_request_mib for namespace in deployment.namespaces)
    most = max(least, sum(namespace.most.memory_request_mib for namespace in deployment.namespaces))
    parts = (
        *bar.shares([("always", least)]),
        bar.overhead("at the most", most - least),
        bar.free(cluster.memory_mib - most),
    )
    of = gibibytes(cluster.memory_mib)
    return Taken(parts, f"{gibibytes(least)} requested, {gibibytes(most)} at the most, of {of}")


def copies(use: PoolUse) -> str:
    """How many copies ask for a pool's cards, and how many find none."""
    if not use.shares:
        return "nothing runs on it"
    waiting = use.copies_max - use.placed("copies_max")
    said = (
        f"{use.copies_min} to {use.copies_max} copies"
        if use.copies_max > use.copies_min
        else f"{use.copies_min} placed"
    )
    return f"{said}; {waiting} would stay pending" if waiting else f"{said}; all find a card"
