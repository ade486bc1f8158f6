"""Whose waiver counts for a finding: the labels of the containers that it is about."""

from __future__ import annotations

from collections.abc import Mapping

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
    container = stack.container(finding.subject)
    if container:
        return [container.labels]
    if workload := stack.workload_index.find(finding.subject, finding.urn):
        return of_view(workload)
    view = stack.object_index.find(finding.subject, finding.urn)
    group = view.labels.get(GROUP) if view else None
    return [container.labels for container in stack.of_group(group)] if group else []
