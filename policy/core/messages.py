"""Parts of a verdict's message: title of the resource, fix, and how to waive the rule."""

from __future__ import annotations

from collections.abc import Iterable

from fleet.labels import CONTAINER, EXCEPTION_PREFIX, GROUP, WAIVER_PREFIX, as_annotation
from policy.core.rule import Finding, Rule
from policy.core.waiver import Labels
from policy.views.cloudrun import RunGrantView, RunView
from policy.views.container import DOCKER, KUBERNETES, MAIN, ContainerView
from policy.views.kubernetes import ObjectView, PodView
from policy.views.stack import ImageView, VolumeView

View = ContainerView | ObjectView | VolumeView | ImageView


def title(view: View) -> str:
    """`container web`, `init container main of agent`, `Service web`."""
    if isinstance(view, VolumeView):
        return f"volume {view.subject}"
    if isinstance(view, ImageView):
        return f"image {view.subject}"
    if isinstance(view, ObjectView):
        return f"{view.kind} {view.subject}"
    if view.target == DOCKER:
        return f"container {view.label}"
    kind = "container" if view.role == MAIN else f"{view.role} container"
    return f"{kind} {view.name} of {view.subject.rpartition('/')[0] or view.subject}"


def fix(rule: Rule, finding: Finding, owner: View | None) -> str:
    """The finding's remedy or the rule's, with the container's own key; another text outside any group."""
    if owner is None or _is_of_group(owner):
        remedy = finding.remedy or rule.remedy
        key = owner.labels.get(CONTAINER) if isinstance(owner, ContainerView) else None
        return remedy.replace("<name>", key) if key else remedy
    on_cluster = rule.on_cluster if _is_on_cluster(owner) else ""
    return finding.remedy or on_cluster or rule.elsewhere or rule.remedy


def or_waive(rule: Rule, carriers: Iterable[Labels]) -> str:
    """How a group may waive the rule, or that nothing does; empty outside any group."""
    if not any(labels.get(GROUP) for labels in carriers):
        return ""
    return f", or waive {rule.id} with a reason and an end date" if rule.waivable else f"; nothing waives {rule.id}"


def or_waive_container(rule: Rule, container: ContainerView) -> str:
    """The same for one container: by its hardening exception where the rule has one."""
    label = f"{WAIVER_PREFIX}{rule.id}"
    if not rule.waivable and label in container.labels:
        return f"; label {label} waives nothing: {rule.id} cannot be waived"
    if not rule.exception:
        return or_waive(rule, [container.labels])
    key = container.labels.get(CONTAINER) if container.labels.get(GROUP) else None
    if key:
        return f"; or give the reason and end date in {rule.exception_path.replace('<name>', key)}"
    return f'; or waive it with the {_exception_name(rule, container)} = "<last day> <reason>"'


def _exception_name(rule: Rule, container: ContainerView) -> str:
    if container.target == DOCKER:
        return f"label {EXCEPTION_PREFIX}{rule.exception}"
    holder = "pod" if container.target == KUBERNETES else "template"
    return f"annotation {as_annotation(EXCEPTION_PREFIX, container.name)}{rule.exception} of its {holder}"


def _is_on_cluster(owner: View) -> bool:
    if isinstance(owner, ContainerView):
        return owner.target == KUBERNETES
    return isinstance(owner, ObjectView) and not isinstance(owner, RunView | RunGrantView)


def _is_of_group(owner: View) -> bool:
    if isinstance(owner, PodView):
        return GROUP in owner.pod_labels
    if isinstance(owner, ImageView):
        return False
    return bool(owner.labels.get(GROUP)) or isinstance(owner, VolumeView)
