"""What `fleet diff` says: plain data, with no secret in it. Memory in MiB, durations in seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

_T = TypeVar("_T")

VIOLATION, WAIVED = "violation", "waived"
"""Kinds of policy results that are told apart; any other cannot be judged before `up`."""


class Kind(StrEnum):
    """What happens to a resource."""

    ADDED = "added"
    CHANGED = "changed"
    REPLACED = "replaced"
    REMOVED = "removed"


class Effect(StrEnum):
    """What happens to a container that runs."""

    STARTS = "starts"
    RECREATED = "recreated"
    """Stopped, then started anew: nothing answers meanwhile."""
    ROLLED = "rolled"
    """The new one is up before the old one goes."""
    STOPS = "stops"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field before and after, as text; None where it is not set."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class ResourceChange:
    """A resource that does not stay as it is."""

    kind: Kind
    type: str
    name: str
    group: str | None
    fields: tuple[FieldChange, ...] = ()
    why: tuple[str, ...] = ()
    """Of one that is replaced: what forces it."""
    warning: str = ""
    """Of data that would go."""


@dataclass(frozen=True, slots=True)
class Restart:
    """A container that starts, stops or both. start_s is an estimate: how long its group says a start may take."""

    container: str
    group: str | None
    wave: int
    effect: Effect
    stop_s: int
    start_s: int
    why: tuple[str, ...] = ()
    rounds: int = 1
    """How often that happens, one after the other, until all copies are new."""

    @property
    def down_s(self) -> int:
        """How long nothing may answer, at most."""
        return self.whole_s if self.effect is Effect.RECREATED else 0

    @property
    def whole_s(self) -> int:
        """How long it takes until all copies are new, at most."""
        return self.rounds * (self.stop_s + self.start_s)


@dataclass(frozen=True, slots=True)
class Card:
    """A graphics card's memory on one side, or that of all cards of a cluster's pool."""

    model: str
    capacity_mib: int
    requested_mib: int
    context_mib: int
    reserve_mib: int
    free_mib: int


@dataclass(frozen=True, slots=True)
class Pair(Generic[_T]):
    """A thing on both sides; None where it is not."""

    before: _T | None
    after: _T | None

    @property
    def differs(self) -> bool:
        """Whether the sides are not the same."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class PolicyResult:
    """One line of judgement; `source` is `file:line`."""

    id: str
    name: str
    level: str
    resource: str
    field: str
    message: str
    source: str | None
    kind: str = VIOLATION
    """What it says, by the names of `policy.core.verdict.Kind`."""
    waived: str = ""
    """Why it is waived, and until when; empty where it is not."""

    @property
    def about(self) -> tuple[str, str, str]:
        """Who says something of what."""
        return (self.id, self.resource, self.field)

    @property
    def key(self) -> tuple[str, ...]:
        """Who says what of whom: figures in the message may move without its being another result."""
        return (*self.about, self.level, self.kind)


@dataclass(frozen=True, slots=True)
class Policies:
    """Policy results against the base; each is in one of them."""

    new: tuple[PolicyResult, ...] = ()
    waived: tuple[PolicyResult, ...] = ()
    """Waived by this change, whether they were violations before or not."""
    fixed: tuple[PolicyResult, ...] = ()
    """Of the base, and no more: neither as they were, nor at another level, nor waived."""
    unchanged: tuple[PolicyResult, ...] = ()

    @property
    def now(self) -> tuple[PolicyResult, ...]:
        """All results of this side."""
        return (*self.new, *self.waived, *self.unchanged)


class Presence(StrEnum):
    """Which sides a stack is on."""

    BOTH = "both"
    ADDED = "added"
    REMOVED = "removed"
    UNKNOWN = "unknown"
    """The base has it, and cannot be planned."""


@dataclass(frozen=True, slots=True)
class StackDiff:
    """One stack on both sides."""

    stack: str
    presence: Presence
    note: str = ""
    """Why the base cannot be planned."""
    resources: tuple[ResourceChange, ...] = ()
    unchanged: int = 0
    restarts: tuple[Restart, ...] = ()
    """In order: those that stop for good, then by wave."""
    cards: Mapping[str, Pair[Card]] | None = None
    memory: Pair[int] = Pair(None, None)
    """Requested, of the machine's main memory."""
    memory_capacity_mib: int = 0
    ports: Pair[tuple[str, ...]] = Pair((), ())
    usd: Pair[Mapping[str, float]] = Pair(None, None)
    policies: Policies = Policies()

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        judged = self.policies.new or self.policies.waived or self.policies.fixed
        figures = self.memory.differs or self.ports.differs or self.usd.differs
        cards = any(pair.differs for pair in (self.cards or {}).values())
        same = not (self.resources or judged or figures or cards)
        return same and self.presence is Presence.BOTH

    def of_kind(self, kind: Kind) -> tuple[ResourceChange, ...]:
        """The resources that something happens to."""
        return tuple(change for change in self.resources if change.kind is kind)

    @property
    def restart_s(self) -> int:
        """How long all restarts take at most: each wave as long as its slowest container, one wave after the other."""
        waves: dict[int, int] = {}
        for restart in self.restarts:
            waves[restart.wave] = max(waves.get(restart.wave, 0), restart.whole_s)
        return sum(waves.values())
