"""E09: selectors and references resolve.

To a cluster, a selector that matches nothing is no error: the service has no endpoints, the policy applies to no pod.
List what belongs to another stack in `elsewhere` of the policy configuration.
"""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.kubernetes import ObjectView
from policy.views.label_selectors import Selector
from policy.views.stack import StackView


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    for pod in stack.pods:
        wanted = pod.selector
        if wanted and not {"selector", "pod_labels"} & pod.unknown and not wanted.matches(pod.pod_labels):
            problem = f"selector is {wanted}, which does not match its own pods, so the API server rejects it"
            yield Finding("selector", problem, "set these labels on its pods", of=pod)
    selecting: list[tuple[ObjectView, Selector, str]] = [
        *((view, Selector(view.selector), "has no endpoints") for view in stack.services if view.selector),
        *((view, view.selector, "isolates no pod") for view in stack.network_policies if not view.selector.is_empty),
        *((view, view.selector, "protects no pod") for view in stack.disruption_budgets if view.selector),
    ]
    may_be_any = any({"pod_labels", "namespace"} & pod.unknown for pod in stack.pods)
    for view, selector, so in selecting if not may_be_any else ():
        if view.name not in settings["elsewhere"] and not _selects(view, selector, stack):
            problem = f"selector is {selector}, which matches no pod of its namespace, so it {so}"
            yield Finding("selector", problem, of=view)
    yield from _lost_backends(stack, settings)


def _selects(view: ObjectView, selector: Selector, stack: StackView) -> bool:
    """Whether it selects a pod, or may while its own selector is unknown."""
    if {"selector", "namespace"} & view.unknown:
        return True
    return any(selector.matches(pod.run_labels) for pod in stack.pod_index.candidates(view.place, selector))


def _lost_backends(stack: StackView, settings: Settings) -> Iterator[Finding]:
    if any({"name", "namespace"} & service.unknown for service in stack.services):
        return
    there = {(service.host, service.namespace, service.name) for service in stack.services}
    for entry in stack.entries:
        for namespace, name in dict.fromkeys(entry.backends) if "namespace" not in entry.unknown else ():
            place = (entry.host, namespace or entry.namespace, name)
            if place not in there and name not in settings["elsewhere"]:
                problem = f'backends holds "{name}", but no service of namespace "{place[1]}" has that name'
                remedy = "name an existing service, or register it"
                yield Finding("backends", problem, remedy, of=entry)


RULE = StackRule(
    id="E09",
    name="nothing-dangles",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="Selectors of services, policies, budgets and workloads match pods, and entries lead to services.",
    remedy="select labels of the pods, such as app.kubernetes.io/name",
    sources=(
        "KubeLinter dangling-service", "KubeLinter dangling-networkpolicy", "KubeLinter dangling-ingress",
        "KubeLinter mismatching-selector", "kube-score service-targets-pod",
    ),
    defaults={"elsewhere": ()},
    reads=(
        "pods.selector", "pods.pod_labels", "pods.namespace", "services.selector", "network_policies.selector",
        "disruption_budgets.selector", "entries.backends",
    ),
    check=_check,
)  # fmt: skip
