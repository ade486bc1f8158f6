"""G07: the MPS clients of a card share one user id.

An MPS server serves one user at a time; clients of another wait until all of the first have exited. Every container on
such a card is a client: CUDA connects to the daemon if it finds one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from fleet.source.redaction import shown
from policy.core.gpu.budgets import CardLoad, card_loads
from policy.core.parsing.users import user_id
from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.container import ContainerView
from policy.views.stack import StackView


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    for load in card_loads(stack):
        if not load.card.mps:
            continue
        served = _served(load)
        for share in load.shares:
            container = share.container
            if served is not None and "user" not in container.unknown and _uid(container) != served:
                what = "is not set" if container.user is None else f"is {shown(container.user)}"
                problem = f"user {what}, but MPS on {load.title} serves uid {served}, so it waits until all others exit"
                remedy = f"set containers.<name>.hardening.run_as to {served}:{served}"
                yield Finding("user", problem, remedy, of=container)


def _served(load: CardLoad) -> int | str | None:
    """The uid the server is set up for, else the most common one of its clients."""
    if load.card.mps_uid is not None:
        return load.card.mps_uid
    uids = Counter(uid for share in load.shares if (uid := _uid(share.container)) is not None)
    return uids.most_common(1)[0][0] if uids else None


def _uid(container: ContainerView) -> int | str | None:
    return None if container.user is None else user_id(container.user)


RULE = StackRule(
    id="G07",
    name="mps-uid",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="All MPS clients of a card run as the user that its daemon serves.",
    remedy="set containers.<name>.hardening.run_as to the uid in machine.gpus.<card>.mps",
    sources=("nvidia-cuda-mps-control manual",),
    reads=("containers.labels", "containers.user", "machines.cards"),
    check=_check,
)
