"""E07: an autoscaler has a target, and nothing else sets the target's replicas."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.kubernetes import ScalerView
from policy.views.selection import Scalers
from policy.views.stack import StackView

_KINDS = ("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController", "Rollout")
"""Kinds that are read; other targets are not checked."""


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    is_there = _targets(stack)
    for scaler in stack.scalers:
        if scaler.most < max(1, scaler.least) and "most" not in scaler.unknown:
            problem = f"most is {scaler.most}, below the minimum of {scaler.least}, so the API server rejects it"
            yield Finding("most", problem, "set its maximum to at least its minimum", of=scaler)
        if scaler.target_kind in _KINDS and not is_there(scaler):
            problem = (
                f'target_name is "{scaler.target_name}", but no {scaler.target_kind} in its namespace has that name'
            )
            yield Finding("target_name", problem, of=scaler)
    scalers = Scalers(stack.scalers)
    for pod in stack.pods:
        owner = scalers.of(pod)
        if owner and pod.replicas is not None:
            problem = (
                f"replicas is {pod.replicas}, and {owner.subject} sets it too, so each update resets what was scaled"
            )
            yield Finding("replicas", problem, "remove replicas", of=pod)


def _targets(stack: StackView) -> Callable[[ScalerView], bool]:
    """Whether a scaler's target exists, or may: a workload with an unknown name may be any of its kind."""
    unknown_kinds = {pod.kind for pod in stack.pods if {"name", "namespace"} & pod.unknown}
    known = {(pod.place, pod.kind, pod.name) for pod in stack.pods}

    def is_there(scaler: ScalerView) -> bool:
        if {"target_name", "namespace"} & scaler.unknown or scaler.target_kind in unknown_kinds:
            return True
        return (scaler.place, scaler.target_kind, scaler.target_name) in known

    return is_there


RULE = StackRule(
    id="E07",
    name="scaler-has-target",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="An autoscaler targets an existing workload that does not set replicas itself.",
    remedy="set scaleTargetRef to an existing workload",
    sources=("KubeLinter dangling-horizontalpodautoscaler", "kube-score horizontalpodautoscaler-has-target"),
    reads=("scalers.target_name", "pods.name", "pods.replicas"),
    check=_check,
)
