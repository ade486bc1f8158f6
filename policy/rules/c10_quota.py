"""C10: a namespace has a quota, and defaults for its containers."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.kubernetes import Place
from policy.views.stack import StackView

_NEEDED = {
    "ResourceQuota": "so one group, or a runaway autoscaler, can use the whole cluster",
    "LimitRange": "so containers without limits are unlimited",
}


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    if any("namespace" in quota.unknown for quota in stack.quotas):
        return
    kinds = {(quota.place, quota.kind) for quota in stack.quotas}
    judged: set[Place] = set()
    for pod in stack.pods:
        if pod.place is None or pod.place in judged:
            continue
        judged.add(pod.place)
        for kind, why in _NEEDED.items():
            if (pod.place, kind) not in kinds:
                yield Finding("namespace", f'namespace "{pod.namespace}" has no {kind}, {why}', of=pod)


RULE = StackRule(
    id="C10",
    name="quota",
    level=Level.ADVISORY,
    severity=Severity.MEDIUM,
    summary="A namespace with pods has a resource quota and a limit range.",
    remedy="let the plan create the namespace, with both",
    elsewhere="add a ResourceQuota and a LimitRange to the namespace",
    sources=("KSV-0039", "KSV-0040", "Kyverno add-ns-quota"),
    reads=("pods.namespace", "quotas.namespace"),
    check=_check,
)
