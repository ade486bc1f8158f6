"""Operation of a group: scaling, priority and rollouts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints

from fleet.model.base import Breach, FrozenMap, Model, Name, Whole, rule
from fleet.model.image_names import ImageReference
from fleet.model.quantities import Seconds
from fleet.source.redaction import shown

Percent = Annotated[Whole, Field(ge=1, le=100)]


class Tier(StrEnum):
    """Priority of a group when capacity is short."""

    CRITICAL = "critical"
    """Runs two replicas or more if possible, and is evicted last."""
    STANDARD = "standard"
    """Default priority."""
    EXPERIMENTAL = "experimental"
    """Evicted first."""


_QUOTED = re.compile(r"""\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`[^`]*`|\#[^\n]*""")
"""Strings and comments of PromQL."""

_CLOSED_BY = {"(": ")", "[": "]", "{": "}"}


def _is_closed(query: str) -> str:
    """Refuses a query that no Prometheus could read: an open bracket or string."""
    wanted: list[str] = []
    for letter in _QUOTED.sub("", query):
        if letter in _CLOSED_BY:
            wanted.append(_CLOSED_BY[letter])
        elif letter in "\"'`" or (letter in ")]}" and (not wanted or wanted.pop() != letter)):
            msg = f"{shown(query)} has a {letter} without its counterpart; correct the query"
            raise ValueError(msg)
    if wanted:
        msg = f"{shown(query)} lacks a {wanted[-1]}; correct the query"
        raise ValueError(msg)
    return query


class Signal(Model):
    """Pending work, by a Prometheus query."""

    query: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000), AfterValidator(_is_closed)
    ]
    """PromQL query that returns one number."""
    per_replica: Whole = Field(ge=1, le=1_000_000_000)
    """Amount per replica."""


class Scaling(Model):
    """Number of replicas of a group."""

    min: Whole = Field(default=1, ge=1, le=1000)
    """Minimum replicas."""
    max: Whole = Field(default=1, ge=1, le=1000)
    """Maximum replicas."""
    cpu_percent: Percent = 70
    """Mean use of the CPU request above which replicas are added."""
    memory_percent: Percent = 80
    """Mean use of the memory request above which replicas are added."""
    down_after_s: Seconds = Field(default=300, alias="down_after")
    """Delay before surplus replicas are stopped, at most an hour on a cluster; new ones start immediately."""
    signals: FrozenMap[Name, Signal] = Field(default_factory=dict, validate_default=True)
    """Pending work that also adds replicas, on targets that support it."""

    @property
    def is_elastic(self) -> bool:
        """Whether the number of replicas changes automatically."""
        return self.max > self.min

    @rule
    def _max_covers_min(self) -> Iterator[Breach]:
        if self.max < self.min:
            yield ("max",), f"{self.max} is below min {self.min}; raise max or lower min"
        elif not self.is_elastic:
            if self.signals:
                text = f"{next(iter(self.signals))} has no effect while max is min; raise max, or drop signals"
                yield ("signals",), text
            for field in ("cpu_percent", "memory_percent", "down_after_s"):
                if field in self.model_fields_set:
                    key = Scaling.model_fields[field].alias or field
                    yield (key,), "has no effect while max is min; raise max, or drop it"


class RolloutStrategy(StrEnum):
    """How a new version replaces the old one."""

    ROLLING = "rolling"
    """Replica by replica; an old one stops once its replacement is ready."""
    RECREATE = "recreate"
    """The old version stops first, for groups that cannot run twice."""
    BLUE_GREEN = "blue-green"
    """Both versions run, and all requests move at once."""
    CANARY = "canary"
    """Both versions run, and requests move in steps."""


class Step(Model):
    """One step of a canary rollout."""

    percent: Percent
    """Share of requests to the new version."""
    pause_s: Seconds | None = Field(default=None, alias="pause")
    """Minimum time before the next step."""


class Rollout(Model):
    """How a group's new version is rolled out."""

    strategy: RolloutStrategy = RolloutStrategy.ROLLING
    """How the new version replaces the old one."""
    surge: Whole = Field(default=1, ge=0, le=100)
    """Extra replicas during a rollout."""
    unavailable: Whole = Field(default=0, ge=0, le=100)
    """Replicas that may be unavailable during a rollout."""
    steps: tuple[Step, ...] = ()
    """Steps of a canary; the last is 100 percent."""

    @property
    def has_two_tracks(self) -> bool:
        """Whether two versions run side by side."""
        return self.strategy in (RolloutStrategy.BLUE_GREEN, RolloutStrategy.CANARY)

    @rule
    def _can_move(self) -> Iterator[Breach]:
        if self.surge + self.unavailable == 0:
            yield ("surge",), "surge 0 and unavailable 0 cannot replace a replica; raise one of them"
        if self.strategy is RolloutStrategy.RECREATE:
            for field in sorted({"surge", "unavailable"} & self.model_fields_set):
                yield (field,), f'has no effect with strategy "{self.strategy}", which stops all first; drop it'
        percents = [step.percent for step in self.steps]
        if (self.strategy is RolloutStrategy.CANARY) != bool(percents):
            place = ("steps",) if percents else ("strategy",)
            yield place, "steps require strategy canary, and canary requires steps; set both or neither"
        if percents and (percents != sorted(set(percents)) or percents[-1] != 100):
            yield ("steps",), f"steps are {', '.join(map(str, percents))} percent; make them rise to 100"


class Track(StrEnum):
    """One of two versions that run side by side."""

    BLUE = "blue"
    """The first version of a group."""
    GREEN = "green"
    """The next version; then they alternate."""

    @property
    def other(self) -> Track:
        """The other track."""
        return Track.GREEN if self is Track.BLUE else Track.BLUE


def _as_time(value: Any) -> Any:
    """Time from text, also as Pulumi writes it back: `2026-01-31 12:00:00 +0000 UTC`. No seconds since 1970."""
    if value is None or isinstance(value, datetime):
        return value
    try:
        # Parsed here: text that a validator of ours returns is no JSON, and strict validation takes none for a time.
        time = datetime.fromisoformat(_GO_TIME.sub(r"\1\2", value))
    except (TypeError, ValueError):
        msg = f"{shown(value)} is not a time; {_TIME_FORM}"
        raise ValueError(msg) from None
    if time.tzinfo is None:
        msg = f"{shown(value)} has no time zone; {_TIME_FORM}"
        raise ValueError(msg)
    return time


_TIME_FORM = 'write it like "2026-01-31T12:00:00Z"'
_GO_TIME = re.compile(r"^(\S+ \S+) ([+-][0-9]{4}) \S+$")


class RolloutState(Model):
    """State of a group's rollout on a stack; each step changes the stack's file."""

    track: Track = Track.BLUE
    """Track of the active version."""
    image: ImageReference | None = None
    """Image of the main container, if a rollout changed it; defaults to the group's."""
    candidate: ImageReference | None = None
    """Image of the main container in the new version, on the other track."""
    percent: Whole = Field(default=0, ge=0, le=100)
    """Share of requests to the new version."""
    since: Annotated[AwareDatetime | None, BeforeValidator(_as_time)] = None
    """Start of this step, such as "2026-01-31T12:00:00Z"; its pause begins then."""

    @rule
    def _candidate_is_another_version(self) -> Iterator[Breach]:
        if self.candidate is not None and self.candidate == self.image:
            text = f"{self.candidate} is also image, the version that runs; name another version, or drop candidate"
            yield ("candidate",), text

    @rule
    def _requests_go_to_a_version(self) -> Iterator[Breach]:
        if self.percent and self.candidate is None:
            text = f"percent {self.percent} needs a candidate; set candidate to the new image, or drop percent"
            yield ("percent",), text
