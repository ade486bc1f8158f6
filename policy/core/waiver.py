"""Waivers: labels that say why containers may break a rule, and until when.

A hardening exception waives the rules about its field; a waiver proper names one rule by its id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from fleet.frozen import dataclass
from fleet.labels import EXCEPTION_PREFIX, GROUP, WAIVER_PREFIX, WAIVER_WARN_DAYS
from fleet.source.secrets import holds_secret_value
from policy.core.rule import AS_IMAGE, Rule
from policy.views.cloudrun import RunView
from policy.views.container import ContainerView
from policy.views.kubernetes import ObjectView, PodView
from policy.views.stack import StackView, VolumeView

_OF_IMAGE = ("user", "non_root", "read_only_root", "capabilities_dropped")
"""Fields that an image decides on. Capabilities that a container adds are not among them."""

Labels = Mapping[str, str]
"""Of one container."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """One waiver as its label states it; `until` is its last day, None where the label is malformed."""

    label: str
    until: date | None
    reason: str

    def holds(self, today: date) -> bool:
        """Whether it still waives."""
        return self.until is not None and today <= self.until

    def explain(self, today: date) -> str:
        """Why a finding is waived, or why it is not."""
        if self.until is None:
            return f"label {self.label} is not `<last day, as 2027-03-31> <reason>`, so it waives nothing"
        if self.holds(today):
            return f"waived until {self.until.isoformat()}: {self.reason}"
        what = "waiver" if self.label.startswith(WAIVER_PREFIX) else "exception"
        return f"the {what} ended on {self.until.isoformat()} ({self.reason})"

    def warning(self, today: date) -> str:
        """A note that it ends soon; empty long before that."""
        left = (self.until - today).days if self.until else WAIVER_WARN_DAYS + 1
        if left > WAIVER_WARN_DAYS:
            return ""
        when = "today is its last day" if left == 0 else f"it ends in {left} day{'s' if left > 1 else ''}"
        return f"{when}: fix this by then, or renew it"


def container_waiver(rule: Rule, labels: Labels, today: date) -> Waiver | None:
    """The waiver of a rule on one container: one that holds before one that does not."""
    found = [
        _find(labels, f"{EXCEPTION_PREFIX}{rule.exception}") if rule.exception else None,
        _find(labels, f"{WAIVER_PREFIX}{rule.id}") if rule.waivable else None,
    ]
    given = [waiver for waiver in found if waiver]
    return next((waiver for waiver in given if waiver.holds(today)), given[0] if given else None)


def is_left_to_image(view: object, field: str, today: date) -> bool:
    """Whether a container leaves a field to its image, which A18 reports once for all of them."""
    if not isinstance(view, ContainerView) or field not in _OF_IMAGE:
        return False
    waiver = _find(view.labels, f"{EXCEPTION_PREFIX}{AS_IMAGE}")
    return waiver is not None and waiver.holds(today)


def common_waiver(rule: Rule, carriers: Iterable[Labels]) -> Waiver | None:
    """The waiver of several containers together: all must carry one, and the earliest end applies."""
    found = [_find(labels, f"{WAIVER_PREFIX}{rule.id}") for labels in carriers] if rule.waivable else []
    given = [waiver for waiver in found if waiver]
    if len(given) < len(found):
        return None
    return min(given, key=lambda waiver: waiver.until or date.min, default=None)


def carriers_in(view: object) -> list[Labels]:
    """Whose waivers apply to a resource: the containers of a pod or of a Cloud Run resource; else none."""
    return [container.labels for container in view.containers] if isinstance(view, PodView | RunView) else []


def carriers_of(view: object, stack: StackView) -> list[Labels]:
    """Labels whose waivers apply to a finding of a StackRule: of the container, or all of its pod or group."""
    if isinstance(view, ContainerView):
        return [view.labels]
    if isinstance(view, PodView | RunView):
        return carriers_in(view)
    group = view.labels.get(GROUP) if isinstance(view, ObjectView | VolumeView) else None
    return [container.labels for container in stack.of_group(group)] if group else []


def _find(labels: Labels, label: str) -> Waiver | None:
    text = labels.get(label)
    if text is None:
        return None
    day, _, reason = text.strip().partition(" ")
    reason = "(not shown)" if holds_secret_value(reason) else reason.strip()
    return Waiver(label, _date(day) if reason else None, reason)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
