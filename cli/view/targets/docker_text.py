"""A host in a plan: GPUs, memory, and the ports published to other machines."""

from __future__ import annotations

from collections import Counter

from rich.console import Console

from cli.view import memory
from cli.view.rows import bar_row, labelled, memory_rows
from cli.view.targets.docker import main_memory
from fleet.model import Enforcement
from fleet.plan.deployment import Deployment
from fleet.targets.gpu_use import CardUse
from fleet.text import gibibytes, mebibytes, plural

_ENFORCED_BY = {
    Enforcement.ADVISORY: "nothing (advisory)",
    Enforcement.FRAMEWORK: "the framework",
    Enforcement.MPS: "MPS",
    Enforcement.EXCLUSIVE: "exclusive use",
}


def show_host(out: Console, deployment: Deployment) -> None:
    """Prints a host's cards, memory and published ports."""
    for card in deployment.cards:
        memory_rows(out, card.name.upper().replace("GPU", "GPU "), memory.of_card(card))
        labelled(out, "", _enforcement(card))
    _modes(out, deployment)
    taken = main_memory(deployment)
    bar_row(out, "RAM", taken.parts, taken.figures)
    labelled(out, "ports", "\n".join(_ports(deployment)))
    if layers := deployment.distinct_layers:
        disk, download = (mebibytes(sum(getattr(layer, key) for layer in layers)) for key in ("disk", "download"))
        labelled(out, "images", f"{gibibytes(disk)} on disk, {gibibytes(download)} to download")


def _ports(deployment: Deployment) -> list[str]:
    lan = deployment.machine.lan_address
    ports = [f"{address}:{e.port.outer_port} {e.ref}, for people" for e, address in deployment.for_people]
    ports += [f"{lan}:{e.port.outer_port} {e.ref}, for {', '.join(users)}" for e, users in deployment.published]
    if ports:
        return ports
    pages = any(port.publish for group in deployment.groups for port in group.ports)
    return ["none published; a sandbox opens no port" if pages else "none published; no other machine connects"]


def _enforcement(card: CardUse) -> str:
    by_kind: Counter[Enforcement] = Counter()
    for share in card.shares:
        by_kind[share.budget.enforcement] += share.budget.processes
    kinds = [f"{_ENFORCED_BY[kind]} ({plural(count, 'process')})" for kind, count in sorted(by_kind.items())]
    mps = card.gpu.mps
    clients = f"; MPS serves {card.processes} of {mps.clients_max} clients, uid {mps.uid}" if mps else ""
    return (f"enforced by {', '.join(kinds)}" if kinds else "unused") + clients


def _modes(out: Console, deployment: Deployment) -> None:
    if deployment.modes:
        off = f"; off, volumes kept: {', '.join(deployment.off)}" if deployment.off else ""
        labelled(out, "mode", f"{deployment.mode} is deployed{off}")
    for mode, cards in deployment.modes.items():
        for card in cards if mode != deployment.mode else ():
            taken = memory.of_card(card)
            memory_rows(out, "", memory.Taken(taken.parts, f"{mode}, {card.name}: {taken.figures}"))
