"""G09: no critical container shares a card under MPS with an experimental one.

A fatal error of one client terminates all clients of the MPS server on that card (NVIDIA's MPS documentation). Without
MPS each process has its own context, which contains its faults.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.labels import TIER
from policy.core.gpu.budgets import Share, card_loads
from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.stack import StackView


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    for load in card_loads(stack):
        if not load.card.mps:
            continue
        critical = ", ".join(share.label for share in load.shares if _tier(share) == "critical")
        for share in load.shares:
            if critical and _tier(share) == "experimental":
                problem = (
                    f"label {TIER} is experimental, and MPS on {load.title} also serves {critical}, which is critical: "
                    "a fatal error of one client terminates all"
                )
                yield Finding("labels", problem, of=share.container)


def _tier(share: Share) -> str:
    return share.container.labels.get(TIER, "")


RULE = StackRule(
    id="G09",
    name="mps-fault-domain",
    level=Level.ADVISORY,
    severity=Severity.MEDIUM,
    summary="No experimental group shares a card under MPS with a critical one.",
    remedy="move one of the two to another card or machine",
    elsewhere="move one of the two to another card",
    sources=("NVIDIA MPS documentation",),
    reads=("containers.labels", "machines.cards"),
    check=_check,
)
