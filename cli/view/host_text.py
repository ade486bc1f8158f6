"""A host in a plan: its cards, its memory, and the ports published to other machines."""

from __future__ import annotations

from collections import Counter

from rich.console import Console
from rich.text import Text

from cli.view import bar, memory
from cli.view.rows import LABEL_WIDTH, ascii_only, bar_row, indented, labelled
from fleet.model import Enforcement
from fleet.plan.deployment import Deployment
from fleet.targets.gpu_use import CardUse
from fleet.text import plural

_ENFORCED_BY = {
    Enforcement.ADVISORY: "nothing (advisory)",
    Enforcement.FRAMEWORK: "the framework",
    Enforcement.MPS: "MPS",
    Enforcement.EXCLUSIVE: "exclusive use",
}


def show_host(out: Console, deployment: Deployment) -> None:
    """Prints a host's cards, memory and published ports."""
    for card in deployment.cards:
        _card(out, card)
    _modes(out, deployment)
    _memory(out, deployment)
    _ports(out, deployment)


def _card(out: Console, card: CardUse) -> None:
    taken = memory.of_card(card)
    bar_row(out, card.name.upper().replace("GPU", "GPU "), taken.parts, taken.figures)
    indented(out, bar.legend(taken.parts, out.width - LABEL_WIDTH, ascii_only=ascii_only(out)))
    indented(out, Text(_enforcement(card)))


def _enforcement(card: CardUse) -> str:
    """What caps the memory of a card's processes."""
    by_kind: Counter[Enforcement] = Counter()
    for share in card.shares:
        by_kind[share.budget.enforcement] += share.budget.processes
    kinds = [f"{_ENFORCED_BY[kind]} ({plural(count, 'process')})" for kind, count in sorted(by_kind.items())]
    mps = card.gpu.mps
    clients = f"; MPS serves {card.processes} of {mps.clients_max} clients, uid {mps.uid}" if mps else ""
    return (f"enforced by {', '.join(kinds)}" if kinds else "unused") + clients


def _modes(out: Console, deployment: Deployment) -> None:
    """The modes that are not deployed: their bars, and the groups that are off."""
    if not deployment.modes:
        return
    off = f"; off, volumes kept: {', '.join(deployment.off)}" if deployment.off else ""
    labelled(out, "mode", Text(f"{deployment.mode} is deployed{off}"))
    for mode, cards in deployment.modes.items():
        for card in cards if mode != deployment.mode else ():
            taken = memory.of_card(card)
            bar_row(out, "", taken.parts, f"{mode}, {card.name}: {taken.figures}")
            indented(out, bar.legend(taken.parts, out.width - LABEL_WIDTH, ascii_only=ascii_only(out)))


def _memory(out: Console, deployment: Deployment) -> None:
    taken = memory.of_host(deployment)
    bar_row(out, "RAM", taken.parts, taken.figures)


def _ports(out: Console, deployment: Deployment) -> None:
    if not deployment.published:
        labelled(out, "ports", Text("none published; no other machine connects"))
        return
    lines = [
        f"{deployment.machine.lan_address}:{endpoint.port.host_port} {endpoint.ref}, for {', '.join(users)}"
        for endpoint, users in deployment.published
    ]
    labelled(out, "ports", Text("\n".join(lines)))
