"""How a group is operated: how many of it run, how much it matters, how a new version takes over."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from fleet.model.base import FrozenMap, Model, Name
from fleet.model.quantities import Seconds

ImageReference = Annotated[str, StringConstraints(min_length=3, pattern=r"^\S+$")]
Percent = Annotated[int, Field(ge=1, le=100)]


class Tier(StrEnum):
    """How much a group matters when room is short."""

    CRITICAL = "critical"
    """Others depend on it: kept in two copies or more where it can be, and evicted last."""
    STANDARD = "standard"
    """Neither first nor last."""
    EXPERIMENTAL = "experimental"
    """First to give way."""


class Signal(Model):
    """Work that is waiting, as a Prometheus query sees it."""

    query: str = Field(min_length=3)
    """In Prometheus' language; it gives one number."""
    per_replica: int = Field(ge=1)
    """How much of it one copy of the group takes."""


class Scaling(Model):
    """How many copies of a group run."""

    min: int = Field(default=1, ge=1, le=1000)
    """Copies at least."""
    max: int = Field(default=1, ge=1, le=1000)
    """Copies at the most."""
    cpu_percent: Percent = 70
    """Mean use of the CPU request above which there are too few."""
    memory_percent: Percent = 80
    """Mean use of the memory request above which there are too few."""
    down_after_s: Seconds = Field(default=300, alias="down_after")
    """How long there must be too many before one is stopped; a new one is started at once."""
    signals: FrozenMap[Name, Signal] = Field(default_factory=dict, validate_default=True)
    """Waiting work that also calls for more copies, where the target can watch it."""

    @property
    def is_elastic(self) -> bool:
        """Whether the number changes by itself."""
        return self.max > self.min

    @model_validator(mode="after")
    def _max_covers_min(self) -> Scaling:
        if self.max < self.min:
            msg = f"max {self.max} is below min {self.min}; raise max or lower min"
            raise ValueError(msg)
        if self.signals and not self.is_elastic:
            msg = f"signals.{next(iter(self.signals))} can change nothing while max is min; raise max, or drop signals"
            raise ValueError(msg)
        return self


class RolloutStrategy(StrEnum):
    """How a new version takes over from the old one."""

    ROLLING = "rolling"
    """Copy by copy; the old one stops once the new one is ready."""
    RECREATE = "recreate"
    """The old one stops first: for what cannot run twice."""
    BLUE_GREEN = "blue-green"
    """The new one runs beside the old one, and all requests move at once."""
    CANARY = "canary"
    """The new one runs beside the old one, and requests move by steps."""


class Step(Model):
    """One step of a canary: the share of requests, and how long it is watched."""

    percent: Percent
    """Share of requests the new version gets."""
    pause_s: Seconds | None = Field(default=None, alias="pause")
    """How long it is watched before the next step; without it, the next one may follow at once."""


class Rollout(Model):
    """How a group's new version takes over."""

    strategy: RolloutStrategy = RolloutStrategy.ROLLING
    """Copy by copy, stop first, at once, or by steps."""
    surge: int = Field(default=1, ge=0, le=100)
    """Copies above the wanted number while it rolls."""
    unavailable: int = Field(default=0, ge=0, le=100)
    """Copies that may be missing while it rolls."""
    steps: tuple[Step, ...] = ()
    """Of a canary; the last is 100 percent."""

    @property
    def has_two_tracks(self) -> bool:
        """Whether two versions run side by side."""
        return self.strategy in (RolloutStrategy.BLUE_GREEN, RolloutStrategy.CANARY)

    @model_validator(mode="after")
    def _can_move(self) -> Rollout:
        if self.surge + self.unavailable == 0:
            msg = "surge 0 and unavailable 0 leave no way to replace a copy; raise one of them"
            raise ValueError(msg)
        percents = [step.percent for step in self.steps]
        if (self.strategy is RolloutStrategy.CANARY) != bool(percents):
            msg = "steps belong to the strategy canary, and a canary needs them; give both or neither"
            raise ValueError(msg)
        if percents and (percents != sorted(set(percents)) or percents[-1] != 100):
            msg = f"steps go {', '.join(map(str, percents))} percent; let them rise, and end with 100"
            raise ValueError(msg)
        return self


class Track(StrEnum):
    """One of two versions that run side by side."""

    BLUE = "blue"
    """The one that a group starts with."""
    GREEN = "green"
    """The one that takes over first; then they take turns."""

    @property
    def other(self) -> Track:
        """The other one."""
        return Track.GREEN if self is Track.BLUE else Track.BLUE


class RolloutState(Model):
    """Where a group's rollout stands on a stack; each step of it is a change of the stack's file."""

    track: Track = Track.BLUE
    """The version that counts."""
    image: ImageReference | None = None
    """Image of its main container, once a rollout changed it; without it, the group's own."""
    candidate: ImageReference | None = None
    """Image of the main container in the new version, which runs on the other track."""
    percent: int = Field(default=0, ge=0, le=100)
    """Share of requests the new version gets."""
    since: AwareDatetime | None = None
    """When this step was written, such as "2026-01-31T12:00:00Z": what the step's pause is counted from."""

    @model_validator(mode="after")
    def _requests_go_to_a_version(self) -> RolloutState:
        if self.percent and self.candidate is None:
            msg = f"percent {self.percent} has nowhere to go; give candidate, the new version's image, or drop percent"
            raise ValueError(msg)
        return self
