"""Revisions: what each version's is called, and how requests are divided between two."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from components.cloudrun.resources.base import Object
from fleet.model import RolloutState, Track
from fleet.plan.deployment import PlannedGroup

_HASH_LENGTH = 8
_ALL = 100


@dataclass(frozen=True, slots=True)
class Variant:
    """What a template may have of its own: its main container's image, None for the group's, and its secrets."""

    image: str | None = None
    on_trial: bool = False
    """Whether its secrets are of the versions that a candidate tries."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A version of a group that runs, and its share of the requests."""

    name: str
    track: Track
    template: Object
    percent: int
    on_trial: bool


def revisions(group: PlannedGroup, template: Callable[[Variant], Object]) -> tuple[Revision, ...]:
    """The version that counts, and the one on trial; none for a group whose new version takes over at once.

    template: makes the template of a variant.

    The version that counts has no template of its own in the project once there is another: it is found by its name,
    which holds a digest of what its template was. While two run, only what is on trial may change: its image, and the
    versions of the secrets it reads.
    """
    state = group.operation.state or (RolloutState() if group.operation.rollout.has_two_tracks else None)
    if state is None:
        return ()
    live = _revision(group, state.track, template(Variant(state.image)), _ALL - state.percent)
    if state.candidate is None:
        return (live,)
    trial = Variant(state.candidate, on_trial=True)
    return (live, _revision(group, state.track.other, template(trial), state.percent, on_trial=True))


def traffic(found: Sequence[Revision]) -> list[Object]:
    """Who gets the requests: the newest version, or by percent between the named ones. The sum is always 100."""
    if not found:
        return [{"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "percent": _ALL}]
    return [
        {
            "type": "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION",
            "revision": revision.name,
            "percent": revision.percent,
            # A tag gives the version on trial an address of its own, at 0 percent too.
            **({"tag": str(revision.track)} if revision.on_trial else {}),
        }
        for revision in found
        if revision.percent or revision.on_trial
    ]


def splits(found: Sequence[Revision]) -> list[Object]:
    """The same of a worker pool, whose instances are divided."""
    if not found:
        return [{"type": "INSTANCE_SPLIT_ALLOCATION_TYPE_LATEST", "percent": _ALL}]
    return [
        {
            "type": "INSTANCE_SPLIT_ALLOCATION_TYPE_REVISION",
            "revision": revision.name,
            "percent": revision.percent,
        }
        for revision in found
        if revision.percent
    ]


def _revision(group: PlannedGroup, track: Track, template: Object, percent: int, *, on_trial: bool = False) -> Revision:
    name = f"{group.name}-{track}-{_digest(template)}"
    return Revision(name, track, {**template, "revision": name}, percent, on_trial)


def _digest(template: Object) -> str:
    """Whatever changes a template changes its revision's name: one name for two of them is refused."""
    text = json.dumps(template, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_HASH_LENGTH]
