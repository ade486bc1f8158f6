"""GPU budgets in containers' labels, and their sums on each card."""

from __future__ import annotations

from collections.abc import Iterator

from fleet import labels
from fleet.frozen import dataclass
from fleet.gpu_memory import share_label
from policy.views.container import KUBERNETES, ContainerView
from policy.views.scalars import as_whole
from policy.views.stack import CardView, MachineView, StackView

_CARDS_MAX = 64
_MPS_PROGRAM = "nvidia-cuda-mps-control"
_FIGURES = (labels.GPU_REQUEST_MIB, labels.GPU_LIMIT_MIB, labels.GPU_PROCESSES)


@dataclass(frozen=True, slots=True)
class Budget:
    """A complete GPU budget; memory in MiB."""

    cards: tuple[str, ...]
    """Empty on a cluster."""
    request_mib: int
    """On each card, like the limit and the processes."""
    limit_mib: int
    processes: int
    enforcement: str


@dataclass(frozen=True, slots=True)
class Share:
    """The share of a card that one container takes."""

    container: ContainerView
    budget: Budget

    @property
    def label(self) -> str:
        """The group's name, a sidecar's after a slash; elsewhere the container's name."""
        group = self.container.labels.get(labels.GROUP, "")
        key = self.container.labels.get(labels.CONTAINER, "main")
        return share_label(group, key) if group else self.container.label


@dataclass(frozen=True, slots=True)
class CardLoad:
    """A card and the budgets on it, in registration order."""

    machine: MachineView
    card: CardView
    shares: tuple[Share, ...]

    @property
    def title(self) -> str:
        """`gpu0 of mainpc (RTX 4090)`."""
        model = f" ({self.card.model})" if self.card.model else ""
        return f"{self.card.name} of {self.machine.name}{model}"

    @property
    def processes(self) -> int:
        """CUDA processes on the card."""
        return sum(share.budget.processes for share in self.shares)

    @property
    def held_mib(self) -> int:
        """Requests, contexts and the desktop's reserve."""
        requests = sum(share.budget.request_mib for share in self.shares)
        return requests + self.processes * self.card.context_mib + self.card.desktop_reserve_mib


def serves_others(container: ContainerView) -> bool:
    """Whether a container is an MPS daemon, which serves a card to its clients and needs no budget.

    The label alone would exempt any program, so the command must be the daemon's too.
    """
    return container.labels.get(labels.GPU_ROLE) == labels.MPS_DAEMON and any(
        _MPS_PROGRAM in word for word in container.args
    )


def missing_parts(container: ContainerView) -> list[str]:
    """Labels of a budget that a container lacks or has no valid value for; G04 covers the enforcement.

    On a cluster no card is named: the scheduler chooses one of the pod's node pool.
    """
    named = container.target == KUBERNETES or cards_of(container)
    missing = [] if named else [labels.GPU_CARD]
    return [*missing, *(label for label in _FIGURES if (as_whole(container.labels.get(label)) or 0) < 1)]


def budget_of(container: ContainerView) -> Budget | None:
    """The budget a container's labels state; None unless it is complete."""
    if missing_parts(container):
        return None
    request, limit, processes = (as_whole(container.labels[label]) or 0 for label in _FIGURES)
    enforcement = container.labels.get(labels.GPU_ENFORCEMENT, "")
    return Budget(cards_of(container), request, limit, processes, enforcement)


def cards_of(container: ContainerView) -> tuple[str, ...]:
    """Keys of a container's cards, by its label."""
    names = container.labels.get(labels.GPU_CARD, "").split(",", _CARDS_MAX)[:_CARDS_MAX]
    return tuple(dict.fromkeys(name for each in names if (name := each.strip())))


def shares_on(stack: StackView, machine: MachineView) -> Iterator[Share]:
    """Every budget on a machine, including those for a card it does not have."""
    for container in stack.on(machine):
        if budget := budget_of(container):
            yield Share(container, budget)


def card_loads(stack: StackView) -> Iterator[CardLoad]:
    """Every card of the stack's machines."""
    for machine in stack.machines:
        shares = tuple(shares_on(stack, machine))
        for card in machine.cards:
            yield CardLoad(machine, card, tuple(share for share in shares if card.name in share.budget.cards))
