"""A host in a plan: its cards, its memory, and the ports other machines need."""

from __future__ import annotations

from collections import Counter

from rich.console import Console
from rich.text import Text

from cli.view import bar, memory
from cli.view.rows import LABEL_WIDTH, ascii_only, bar_row, indented, labelled
from fleet.plan.deployment import Deployment
from fleet.targets.gpu_use import CardUse


def show_host(out: Console, deployment: Deployment) -> None:
    """Prints what a host's groups take of it."""
    for card in deployment.cards:
        _card(out, card)
    _modes(out, deployment)
    _memory(out, deployment)
    _ports(out, deployment)


def _card(out: Console, card: CardUse) -> None:
    taken = memory.of_card(card)
    bar_row(out, card.name.upper().replace("GPU", "GPU "), taken.parts, taken.figures)
    indented(out, bar.legend(taken.parts, out.width - LABEL_WIDTH, ascii_only=ascii_only(out)))
    indented(out, Text(f"caps: {_caps(card)}"))


def _caps(card: CardUse) -> str:
    by_kind: Counter[str] = Counter()
    for share in card.shares:
        by_kind[str(share.budget.enforcement)] += share.budget.processes
    kinds = [f"{kind} ({count} process{'es' if count > 1 else ''})" for kind, count in sorted(by_kind.items())]
    mps = card.gpu.mps
    served = f"; MPS serves {card.processes} of {mps.clients_max} clients, uid {mps.uid}" if mps else ""
    return (", ".join(kinds) or "nothing runs on it") + served


def _modes(out: Console, deployment: Deployment) -> None:
    """The modes besides the one deployed: their bars, and what is off for now."""
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
        labelled(out, "ports", Text("none published: no other machine needs one"))
        return
    lines = [
        f"{deployment.machine.lan_address}:{endpoint.port.host_port} {endpoint.ref}, for {', '.join(users)}"
        for endpoint, users in deployment.published
    ]
    labelled(out, "ports", Text("\n".join(lines)))
