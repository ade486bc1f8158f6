"""E06: a critical workload has several replicas on different nodes, and a disruption budget.

A label, an annotation or a priority class whose name ends in `-critical` marks it.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.labels import TIER, as_annotation
from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.kubernetes import DisruptionBudgetView, PodView
from policy.views.selection import SelectorIndex
from policy.views.stack import StackView


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    budgets = SelectorIndex((budget, budget.selector) for budget in stack.disruption_budgets if budget.selector)
    for pod in stack.pods:
        if _is_critical(pod, settings):
            for field, problem, remedy in _lacks(pod, budgets):
                yield Finding(field, f"{problem}, but its tier is critical", remedy, of=pod)


def _is_critical(pod: PodView, settings: Settings) -> bool:
    said = {f"{key}={value}" for key, value in {**pod.pod_annotations, **pod.pod_labels}.items()}
    is_critical = not said.isdisjoint(settings["critical"]) or pod.priority_class.endswith("-critical")
    return is_critical and not pod.ends_by_itself


def _lacks(pod: PodView, budgets: SelectorIndex[DisruptionBudgetView]) -> Iterator[tuple[str, str, str]]:
    replicas = max((container.replicas for container in pod.containers), default=1)
    if replicas < 2:
        remedy = "set scaling.min of its group to 2 or more (outside a group: replicas)"
        yield "replicas", f"replicas is {replicas}, so it is down while it restarts", remedy
    if not pod.spread:
        remedy = "add pod anti-affinity by kubernetes.io/hostname, or a topology spread constraint"
        yield "spread", "spread is not set, so all replicas may be on one node", remedy
    if not any(budget.selector and budget.selector.matches(pod.pod_labels) for budget in budgets.candidates(pod)):
        yield (
            "pod_labels",
            "pod_labels match no disruption budget, so a drain may evict all replicas",
            "add a PodDisruptionBudget",
        )


RULE = StackRule(
    id="E06",
    name="critical-is-spread",
    level=Level.ADVISORY,
    severity=Severity.MEDIUM,
    summary="A critical workload has two or more replicas, on different nodes, with a disruption budget.",
    remedy="raise its replicas, spread them, and add a disruption budget",
    sources=(
        "kube-score deployment-replicas", "KubeLinter minimum-three-replicas", "KubeLinter no-anti-affinity",
        "KubeLinter pdb-min-available", "Pulumi min-replica",
    ),
    defaults={"critical": (f"{as_annotation(TIER)}=critical", "tier=critical")},
    reads=("pods.pod_labels", "pods.priority_class", "pods.replicas", "pods.spread", "disruption_budgets.selector"),
    check=_check,
)  # fmt: skip
