"""Steps of a rollout: the next state, or why the step is refused. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from fleet.model import Rollout, RolloutState, RolloutStrategy, Track

_BLUE_GREEN: Mapping[int, int] = {0: 0, 100: 0}


class RefusedError(Exception):
    """A refused step: problem and remedy."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}; {remedy}")
        self.problem = problem
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Standing:
    """State of a group's rollout. image: of the main container in the active version."""

    group: str
    rollout: Rollout
    state: RolloutState
    image: str

    @property
    def schedule(self) -> Mapping[int, int]:
        """Percent of each step -> pause in seconds, in order."""
        if self.rollout.strategy is RolloutStrategy.BLUE_GREEN:
            return _BLUE_GREEN
        return {step.percent: step.pause_s or 0 for step in self.rollout.steps}

    @property
    def following(self) -> int | None:
        """Percent of the next step; None after the last."""
        return next((percent for percent in self.schedule if percent > self.state.percent), None)


def started(standing: Standing, image: str, now: datetime, *, force: bool = False) -> RolloutState:
    """The first step of a new version. Raises RefusedError."""
    _ensure_two_tracks(standing)
    state = standing.state
    if state.candidate:
        remedy = "omit --image for its next step" if state.candidate == image else "promote or abort it first"
        problem = f"a rollout of {state.candidate} is already in progress"
        raise RefusedError(problem, remedy)
    if image == standing.image:
        problem = f"{standing.group} already runs {image}"
        raise RefusedError(problem, "choose another version")
    if _repository(image) == image:
        problem = f"{image} has no version"
        raise RefusedError(problem, "add a tag or a digest")
    if not force and _repository(image) != _repository(standing.image):
        problem = f"{image} is not a version of {_repository(standing.image)}, which {standing.group} runs"
        raise RefusedError(problem, "correct the name, or use --force")
    first = next(iter(standing.schedule))
    return state.model_copy(update={"candidate": image, "percent": first, "since": _whole(now)})


def stepped(standing: Standing, now: datetime, *, force: bool = False) -> RolloutState:
    """The next step of the rollout in progress. Raises RefusedError."""
    _ensure_under_way(standing)
    following = standing.following
    if following is None:
        problem = "all requests already go to the new version"
        raise RefusedError(problem, "promote it, or abort")
    _ensure_a_step(standing)
    _ensure_watched(standing, now, force=force)
    return standing.state.model_copy(update={"percent": following, "since": _whole(now)})


def promoted(standing: Standing, now: datetime, *, force: bool = False) -> RolloutState:
    """The new version becomes the active one, and the old one stops. Raises RefusedError."""
    _ensure_under_way(standing)
    state = standing.state
    if state.percent != 100 and not force:
        problem = f"{state.percent} percent of the requests go to the new version, {100 - state.percent} to the old one"
        raise RefusedError(problem, "continue to 100 with next, or use --force")
    _ensure_watched(standing, now, force=force)
    return RolloutState(track=state.track.other, image=state.candidate)


def aborted(standing: Standing) -> RolloutState:
    """The old version alone. Raises RefusedError."""
    _ensure_under_way(standing)
    return RolloutState(track=standing.state.track, image=standing.state.image)


def entry(state: RolloutState) -> Mapping[str, str | int]:
    """The entry in a stack's file; empty for a group that runs its own image on the first track."""
    values: dict[str, str | int] = {}
    if state.image or state.track is not Track.BLUE:
        values["track"] = str(state.track)
    if state.image:
        values["image"] = state.image
    if state.candidate:
        values |= {"candidate": state.candidate, "percent": state.percent}
    if state.since:
        values["since"] = state.since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return values


def duration(seconds: int) -> str:
    """`1h 5m`, `4m 30s`, `9s`."""
    parts = ((seconds // 3600, "h"), (seconds // 60 % 60, "m"), (seconds % 60, "s"))
    return " ".join(f"{count}{unit}" for count, unit in parts if count) or "0s"


def _ensure_two_tracks(standing: Standing) -> None:
    if not standing.rollout.has_two_tracks:
        problem = f'{standing.group} has the strategy "{standing.rollout.strategy}", which runs one version'
        raise RefusedError(problem, "set its rollout.strategy to blue-green or canary")


def _ensure_under_way(standing: Standing) -> None:
    _ensure_two_tracks(standing)
    if standing.state.candidate is None:
        problem = f"{standing.group} has no rollout in progress"
        raise RefusedError(problem, "start one with next --image REF; to roll back, use the old image")


def _ensure_a_step(standing: Standing) -> None:
    # At 0 percent, before the first step, the new version gets no requests.
    percent = standing.state.percent
    if percent and percent not in standing.schedule:
        steps = ", ".join(map(str, standing.schedule))
        problem = f"{percent} percent is not a step of {standing.group} ({steps})"
        raise RefusedError(problem, "set one of these, or abort")


def _ensure_watched(standing: Standing, now: datetime, *, force: bool) -> None:
    """Checks the pause of the step. Steps without `since` were edited by hand and have none."""
    state = standing.state
    pause_s = standing.schedule.get(state.percent, 0)
    if state.since is None or force:
        return
    left_s = pause_s - int((now - state.since).total_seconds())
    if left_s > 0 and pause_s:
        problem = f"the pause of {duration(pause_s)} at {state.percent} percent has {duration(left_s)} left"
        raise RefusedError(problem, "wait, or use --force; abort needs no wait")


def _repository(image: str) -> str:
    """A reference without tag and digest; a colon before the last slash belongs to a port."""
    name = image.partition("@")[0]
    folder, slash, last = name.rpartition("/")
    return f"{folder}{slash}{last.partition(':')[0]}"


def _whole(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(microsecond=0)
