"""Whose waiver counts for a finding: the labels of the containers that it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fleet.labels import GROUP
from policy.core.rule import Finding
from policy.views.cloudrun import RunView
from policy.views.kubernetes import PodView
from policy.views.stack import StackView

Carriers = list[Mapping[str, str]]


def of_view(view: object) -> Carriers:
    """The labels of the containers of a pod, or of what runs on Cloud Run; none of anything else."""
    return [container.labels for container in view.containers] if isinstance(view, PodView | RunView) else []


def of_finding(finding: Finding, stack: StackView) -> Carriers:
    """The labels of the container that a finding names, or of all of the pod or the group; none where it names none."""
    for container in stack.containers:
        if container.subject == finding.subject:
            return [container.labels]
    for view in (*stack.pods, *stack.runs):
        if _is_named(view, finding):
            return of_view(view)
    group = next((view.labels.get(GROUP) for view in _others(stack) if _is_named(view, finding)), None)
    return [container.labels for container in stack.containers if group and container.labels.get(GROUP) == group]


def _others(stack: StackView) -> Iterator[Any]:
    yield from stack.objects()
    yield from stack.volumes


def _is_named(view: Any, finding: Finding) -> bool:
    """Whether a finding is about a view; a name alone may mean another."""
    urn = getattr(view, "urn", "")
    return urn == finding.urn if finding.urn and urn else bool(view.subject == finding.subject)
