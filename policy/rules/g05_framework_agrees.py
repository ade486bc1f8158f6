"""G05: what a framework takes of cards fits the container's budget and its number of cards.

Frameworks allocate a fraction of the whole card, whatever else is on it: two servers at 0.9 each never fit.
Per card, `fraction x card <= limit`, plus contexts if the fraction includes them. Model servers and JAX keep their
fraction, so on a card with other containers it must fit the request: G01 sums requests. To a container, a slice from
HAMi is a whole card. Under MPS the card's full memory is assumed: whether clients see their limit instead is
unverified.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from fleet.cloudrun_limits import card_named
from fleet.frozen import dataclass
from fleet.source.redaction import shown
from fleet.text import plural, thousands
from policy.core.gpu.budgets import Budget, CardLoad, Share, budget_of, card_loads
from policy.core.gpu.framework_claims import Claim, claims
from policy.core.gpu.framework_claims import ranks as framework_ranks
from policy.core.gpu.pools import gpu_pods, request_of
from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.container import ContainerView
from policy.views.scalars import as_whole
from policy.views.stack import StackView

_EXCLUSIVE = "exclusive"
"""Enforcement by a card of one's own."""
_SHARED = "shared-device"
"""Pools whose cards run several containers."""
_VISIBLE = ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES")
_INDICES_MAX = 64


@dataclass(frozen=True, slots=True)
class _Place:
    """A container, its budget on a card, the MiB of that card that it sees, and the number of its cards."""

    container: ContainerView
    budget: Budget
    title: str
    card_mib: int
    cards: int = 1
    context_mib: int = 0
    shared: bool = False
    """Other containers may use the card too."""

    def taken_mib(self, claim: Claim) -> int:
        """What a framework allocates on the card."""
        times = self.budget.processes if claim.per_process else 1
        return math.ceil((claim.fraction or 0) * self.card_mib) * times

    def held_to_request(self, claim: Claim) -> bool:
        """Whether the request bounds a claim: what is kept from the others must be in their sum."""
        return claim.held and self.shared

    def budget_mib(self, claim: Claim) -> int:
        """The figure of the budget that bounds a claim."""
        return self.budget.request_mib if self.held_to_request(claim) else self.budget.limit_mib

    def allowed_mib(self, claim: Claim) -> int:
        """What it may allocate."""
        return self.budget_mib(claim) + (self.budget.processes * self.context_mib if claim.with_context else 0)


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    for place in _places(stack):
        for found in claims(place.container):
            yield from _findings(place, found)
        yield from _rank_findings(place)
        yield from _hidden_cards(place)


def _hidden_cards(place: _Place) -> Iterator[Finding]:
    """A container numbers its own cards from 0."""
    for name, value in place.container.env:
        indices = value.split(",", _INDICES_MAX) if name in _VISIBLE else ()
        beyond = [index for each in indices if (index := as_whole(each.strip())) is not None]
        if beyond and max(beyond) >= place.cards:
            has = plural(place.cards, "card")
            problem = f"env {name} is {shown(value)}, but the container has {has}, numbered from 0, so it sees fewer"
            yield Finding("env", problem, f"remove {name}", of=place.container)


def _rank_findings(place: _Place) -> Iterator[Finding]:
    for ranks in framework_ranks(place.container):
        if ranks.cards > place.cards:
            has = plural(place.cards, "card")
            problem = f"{ranks.what}: {ranks.cards} cards, but the container has {has}, so it ends at its start"
            remedy = f"lower it to {place.cards}, or raise containers.<name>.gpu.cards"
            yield Finding(ranks.field, problem, remedy, of=place.container)


def _findings(place: _Place, found: Sequence[Claim]) -> Iterator[Finding]:
    for claim in found:
        if claim.fraction is None:
            problem = f"{claim.field} is not a fraction: {claim.what}"
            yield Finding(claim.field, problem, "use a number below 1", of=place.container)
    good = [claim for claim in found if claim.fraction is not None]
    total = sum(place.taken_mib(claim) for claim in good)
    least = min(good, key=place.allowed_mib, default=None)
    if least is None or total <= (allowed := place.allowed_mib(least)):
        return
    bound = "request" if place.held_to_request(least) else "limit"
    said = " and ".join(dict.fromkeys(claim.what for claim in good))
    problem = (
        f"{said}: {thousands(total)} MiB of {place.title} with {thousands(place.card_mib)} MiB, above the {bound} of "
        f"{thousands(place.budget_mib(least))} MiB in its budget"
        + (", and it never frees them" if bound == "request" else "")
    )
    most = math.floor(allowed * 100 * max(claim.fraction or 0 for claim in good) / total) / 100
    remedy = f"use at most {most:g}, or raise containers.<name>.gpu.{bound} to what it allocates"
    yield Finding(good[0].field, problem, remedy, of=place.container)


def _places(stack: StackView) -> Iterator[_Place]:
    largest: dict[str, tuple[CardLoad, Share]] = {}
    for load in card_loads(stack):
        for share in load.shares:
            # Of its cards, the largest: a fraction of it is the most.
            known = largest.setdefault(share.container.urn or share.container.subject, (load, share))
            if load.card.capacity_mib > known[0].card.capacity_mib:
                largest[share.container.urn or share.container.subject] = (load, share)
    for load, share in largest.values():
        yield _Place(
            share.container,
            share.budget,
            load.title,
            load.card.capacity_mib,
            len(share.budget.cards),
            load.card.context_mib,
            shared=share.budget.enforcement != _EXCLUSIVE,
        )
    for machine in stack.machines:
        for _, container, pool in gpu_pods(stack, machine):
            budget, part = budget_of(container), request_of(container)
            if budget and pool and pool.cards:
                title = f"{'a slice of ' if part.amount_mib else ''}a card of pool {pool.name} of {machine.name}"
                seen = part.amount_mib or pool.gpu_memory_mib
                shared = pool.sharing == _SHARED
                yield _Place(container, budget, title, seen, part.devices, pool.context_mib, shared=shared)
    for run in stack.runs:
        card = card_named(run.accelerator)
        for container in run.containers:
            budget = budget_of(container)
            if card and budget:
                yield _Place(container, budget, f"a card ({run.accelerator})", card.gpu_memory)


RULE = StackRule(
    id="G05",
    name="framework-agrees",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="What a framework allocates of cards, set or by default, fits its budget and its number of cards.",
    remedy="lower the framework's fraction, or raise containers.<name>.gpu.limit to what it allocates",
    elsewhere="lower the framework's fraction, or raise the label fleet.gpu.limit-mib to what it allocates",
    sources=("JAX GPU memory allocation", "vLLM engine arguments"),
    reads=(
        "containers.args", "containers.env", "containers.labels", "containers.image", "machines.cards",
        "machines.pools", "pods.node_selector", "runs.accelerator",
    ),
    check=_check,
)  # fmt: skip
