"""Steps of a rollout: from where it stands to where it goes next, or why it may not. Pure; nothing moves by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from fleet.model import Rollout, RolloutState, RolloutStrategy, Track

_BLUE_GREEN: Mapping[int, int] = {0: 0, 100: 0}


class RefusedError(Exception):
    """A step that may not be made: what is wrong, and the way out."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}; {remedy}")
        self.problem = problem
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a group's rollout stands; `image` is what its main container runs in the version that counts."""

    group: str
    rollout: Rollout
    state: RolloutState
    image: str

    @property
    def schedule(self) -> Mapping[int, int]:
        """Percent of each step -> seconds it is watched, in order."""
        if self.rollout.strategy is RolloutStrategy.BLUE_GREEN:
            return _BLUE_GREEN
        return {step.percent: step.pause_s or 0 for step in self.rollout.steps}

    @property
    def following(self) -> int | None:
        """Percent of the step that comes next; None after the last."""
        return next((percent for percent in self.schedule if percent > self.state.percent), None)


def started(standing: Standing, image: str, now: datetime, *, force: bool = False) -> RolloutState:
    """The first step of a new version. Raises RefusedError."""
    _ensure_two_tracks(standing)
    state = standing.state
    if state.candidate == image:
        msg = f"{image} is on its way already"
        raise RefusedError(msg, "leave out --image for its next step")
    if state.candidate:
        msg = f"{state.candidate} is on its way already"
        raise RefusedError(msg, "promote or abort it first")
    if image == standing.image:
        msg = f"{image} is what {standing.group} runs already"
        raise RefusedError(msg, "name another version")
    if _repository(image) == image:
        msg = f"{image} names no version"
        raise RefusedError(msg, "add a tag or a digest")
    if not force and _repository(image) != _repository(standing.image):
        problem = f"{image} is no version of {_repository(standing.image)}, which {standing.group} runs"
        raise RefusedError(problem, "correct the name, or say --force")
    first = next(iter(standing.schedule))
    return state.model_copy(update={"candidate": image, "percent": first, "since": _whole(now)})


def stepped(standing: Standing, now: datetime, *, force: bool = False) -> RolloutState:
    """The next step of the version on its way. Raises RefusedError."""
    _ensure_under_way(standing)
    following = standing.following
    if following is None:
        msg = "all requests go to the new version already"
        raise RefusedError(msg, "promote it, or abort")
    _ensure_a_step(standing)
    _ensure_watched(standing, now, force=force)
    return standing.state.model_copy(update={"percent": following, "since": _whole(now)})


def promoted(standing: Standing, now: datetime, *, force: bool = False) -> RolloutState:
    """The new version is the one that counts, and the old one ends. Raises RefusedError."""
    _ensure_under_way(standing)
    state = standing.state
    if state.percent != 100 and not force:
        problem = f"{state.percent} percent of the requests go to the new version, {100 - state.percent} to the old one"
        raise RefusedError(problem, "go on to 100 with next, or say --force")
    _ensure_watched(standing, now, force=force)
    return RolloutState(track=state.track.other, image=state.candidate)


def aborted(standing: Standing) -> RolloutState:
    """The old version alone. Raises RefusedError."""
    _ensure_under_way(standing)
    return RolloutState(track=standing.state.track, image=standing.state.image)


def entry(state: RolloutState) -> Mapping[str, str | int]:
    """What stands in a stack's file; nothing for a group that runs its own image on the first track."""
    found: dict[str, str | int] = {}
    if state.image or state.track is not Track.BLUE:
        found["track"] = str(state.track)
    if state.image:
        found["image"] = state.image
    if state.candidate:
        found |= {"candidate": state.candidate, "percent": state.percent}
    if state.since:
        found["since"] = state.since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return found


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
        problem = f"no new version of {standing.group} is on its way"
        raise RefusedError(problem, "start one with next --image REF; the way back is the same, with the old image")


def _ensure_a_step(standing: Standing) -> None:
    percent = standing.state.percent
    # Before the first step the new version runs, and gets no requests yet.
    if percent and percent not in standing.schedule:
        steps = ", ".join(map(str, standing.schedule))
        problem = f"{percent} percent is no step of {standing.group}, which goes {steps}"
        raise RefusedError(problem, "write one of these, or abort")


def _ensure_watched(standing: Standing, now: datetime, *, force: bool) -> None:
    """A step that does not say since when it runs is one that somebody wrote by hand: they count its pause."""
    state = standing.state
    pause_s = standing.schedule.get(state.percent, 0)
    if state.since is None or force:
        return
    left_s = pause_s - int((now - state.since).total_seconds())
    if left_s > 0 and pause_s:
        problem = f"{state.percent} percent are watched for {duration(pause_s)}, of which {duration(left_s)} are left"
        raise RefusedError(problem, "wait, or say --force; abort needs no wait")


def _repository(image: str) -> str:
    """A reference without its tag and digest; a colon before the last slash is a port's."""
    name = image.partition("@")[0]
    folder, slash, last = name.rpartition("/")
    return f"{folder}{slash}{last.partition(':')[0]}"


def _whole(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(microsecond=0)
