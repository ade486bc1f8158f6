"""Revisions: their names, and how requests are split between two."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from components.cloudrun.resources.base import Object
from fleet.model import RolloutState, Track
from fleet.plan.deployment import PlannedGroup

_ALL = 100


@dataclass(frozen=True, slots=True)
class Variant:
    """What differs in a revision's template: the main container's image, None for the group's, and the secrets."""

    image: str | None = None
    on_trial: bool = False
    """Whether it reads the candidate's versions of the secrets."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A running version of a group, and its share of the requests."""

    name: str
    track: Track
    template: Object
    percent: int
    on_trial: bool


def revisions(group: PlannedGroup, template: Callable[[Variant], Object]) -> tuple[Revision, ...]:
    """The live revision, then the candidate; none for a group whose new version replaces the old one at once.

    template: makes the template of a variant.

    During a rollout, the project holds the candidate's template only. The live revision is referenced by name, which
    includes a digest of its template. So only the candidate's image and secret versions may change meanwhile.
    """
    state = group.operation.state or (RolloutState() if group.operation.rollout.has_two_tracks else None)
    if state is None:
        return ()
    live = _revision(group, state.track, template(Variant(state.image)), _ALL - state.percent)
    if state.candidate is None:
        return (live,)
    trial = Variant(state.candidate, on_trial=True)
    return (live, _revision(group, state.track.other, template(trial), state.percent, on_trial=True))


def shares(found: Sequence[Revision], of: str, *, tagged: bool = False) -> list[Object]:
    """Percentages of requests (`TRAFFIC_TARGET`) or of a worker pool's instances (`INSTANCE_SPLIT`); their sum is 100.

    tagged: the candidate gets a tag, and with it a URL of its own, even at 0 percent.
    """
    if not found:
        return [{"type": f"{of}_ALLOCATION_TYPE_LATEST", "percent": _ALL}]
    return [
        {
            "type": f"{of}_ALLOCATION_TYPE_REVISION",
            "revision": revision.name,
            "percent": revision.percent,
            **({"tag": str(revision.track)} if tagged and revision.on_trial else {}),
        }
        for revision in found
        if revision.percent or (tagged and revision.on_trial)
    ]


def _revision(group: PlannedGroup, track: Track, template: Object, percent: int, *, on_trial: bool = False) -> Revision:
    # The name includes a digest of the template, since Cloud Run refuses one name for two templates.
    text = json.dumps(template, sort_keys=True, separators=(",", ":"))
    name = f"{group.name}-{track}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
    return Revision(name, track, {**template, "revision": name}, percent, on_trial)
