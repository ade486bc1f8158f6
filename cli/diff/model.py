"""The differences that `fleet diff` shows, without secret values. Memory in MiB, durations in seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

_T = TypeVar("_T")

VIOLATION, WAIVED = "violation", "waived"
"""Kinds of policy results; results of any other kind could not be judged at preview."""


class Kind(StrEnum):
    """What happens to a resource."""

    ADDED = "added"
    CHANGED = "changed"
    REPLACED = "replaced"
    REMOVED = "removed"


class Effect(StrEnum):
    """What happens to a running container."""

    STARTS = "starts"
    RECREATED = "recreated"
    """Stopped before its successor starts."""
    ROLLED = "rolled"
    """Stopped after its successor is ready."""
    STOPS = "stops"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field before and after, as text; None if it is not set."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class ResourceChange:
    """A resource that is added, changed, replaced or removed."""

    kind: Kind
    type: str
    name: str
    group: str | None
    fields: tuple[FieldChange, ...] = ()
    why: tuple[str, ...] = ()
    """Reasons for a replacement."""
    warning: str = ""
    """Set if data may be lost."""


@dataclass(frozen=True, slots=True)
class Restart:
    """A container that starts, stops or both. start_s is the longest start that its group allows."""

    container: str
    group: str | None
    wave: int
    effect: Effect
    stop_s: int
    start_s: int
    why: tuple[str, ...] = ()
    rounds: int = 1
    """Batches in which the copies are replaced, one after the other."""

    @property
    def down_s(self) -> int:
        """Longest time without a ready copy."""
        return self.whole_s if self.effect is Effect.RECREATED else 0

    @property
    def whole_s(self) -> int:
        """Longest time until every copy is replaced."""
        return self.rounds * (self.stop_s + self.start_s)


@dataclass(frozen=True, slots=True)
class Card:
    """Memory of a GPU, or of all GPUs of a node pool."""

    model: str
    capacity_mib: int
    requested_mib: int
    context_mib: int
    reserve_mib: int
    free_mib: int


@dataclass(frozen=True, slots=True)
class Pair(Generic[_T]):
    """A value on both sides; None if absent."""

    before: _T | None
    after: _T | None

    @property
    def differs(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class PolicyResult:
    """A policy verdict; `source` is `file:line`."""

    id: str
    name: str
    level: str
    resource: str
    field: str
    message: str
    source: str | None
    kind: str = VIOLATION
    """A value of `policy.core.verdict.Kind`."""
    waived: str = ""
    """Reason and last day of the waiver."""

    @property
    def about(self) -> tuple[str, str, str]:
        return (self.id, self.resource, self.field)

    @property
    def key(self) -> tuple[str, ...]:
        """Identity of a result. Excludes the message, since its figures may change."""
        return (*self.about, self.level, self.kind)


@dataclass(frozen=True, slots=True)
class Policies:
    """Policy results by what changed since the base."""

    new: tuple[PolicyResult, ...] = ()
    waived: tuple[PolicyResult, ...] = ()
    """Newly waived, whether or not they were violations of the base."""
    fixed: tuple[PolicyResult, ...] = ()
    """Of the base only, not merely waived or at another level now."""
    unchanged: tuple[PolicyResult, ...] = ()


class Presence(StrEnum):
    """Sides a stack is on."""

    BOTH = "both"
    ADDED = "added"
    REMOVED = "removed"
    UNKNOWN = "unknown"
    """In the base, which cannot be planned."""


@dataclass(frozen=True, slots=True)
class StackDiff:
    """Everything that differs in a stack."""

    stack: str
    presence: Presence
    note: str = ""
    """Why the base cannot be planned."""
    resources: tuple[ResourceChange, ...] = ()
    unchanged: int = 0
    restarts: tuple[Restart, ...] = ()
    """Removed containers first, then by wave."""
    cards: Mapping[str, Pair[Card]] | None = None
    memory: Pair[int] = Pair(None, None)
    """Main memory requested."""
    memory_capacity_mib: int = 0
    ports: Pair[tuple[str, ...]] = Pair((), ())
    usd: Pair[Mapping[str, float]] = Pair(None, None)
    policies: Policies = Policies()

    @property
    def is_empty(self) -> bool:
        pairs: list[Pair[Any]] = [self.memory, self.ports, self.usd, *(self.cards or {}).values()]
        judged = self.policies.new or self.policies.waived or self.policies.fixed
        return self.presence is Presence.BOTH and not (self.resources or judged or any(pair.differs for pair in pairs))

    def of_kind(self, kind: Kind) -> tuple[ResourceChange, ...]:
        return tuple(change for change in self.resources if change.kind is kind)

    @property
    def restart_s(self) -> int:
        """Longest time of all restarts: the sum over the waves of each wave's slowest container."""
        waves: dict[int, int] = {}
        for restart in self.restarts:
            waves[restart.wave] = max(waves.get(restart.wave, 0), restart.whole_s)
        return sum(waves.values())
