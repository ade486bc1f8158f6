"""E07: a scaler has something to scale, and nobody else sets its size."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.kubernetes import ScalerView
from policy.views.selection import Scalers
from policy.views.stack import StackView

_KINDS = ("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController", "Rollout")
"""Kinds that are read; what else a scaler may be about is not judged."""


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    is_there = _targets(stack)
    for scaler in stack.scalers:
        if scaler.most < max(1, scaler.least) and "most" not in scaler.unknown:
            problem = f"most is {scaler.most} of at least {scaler.least}, so the cluster refuses it"
            yield Finding(scaler.subject, "most", problem, "set its maximum to its minimum or more", urn=scaler.urn)
        if scaler.target_kind in _KINDS and not is_there(scaler):
            problem = (
                f'target_name is "{scaler.target_name}", but no {scaler.target_kind} of its namespace is called that'
            )
            yield Finding(scaler.subject, "target_name", problem, urn=scaler.urn)
    scalers = Scalers(stack.scalers)
    for pod in stack.pods:
        owner = scalers.of(pod)
        if owner and pod.replicas is not None:
            problem = (
                f"replicas is {pod.replicas}, and {owner.subject} sets it too, so each update undoes what it scaled"
            )
            yield Finding(pod.subject, "replicas", problem, "leave replicas out", urn=pod.urn)


def _targets(stack: StackView) -> Callable[[ScalerView], bool]:
    """Whether a scaler's target is there, or may be: a workload whose name is not known yet may be any of its kind."""
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
    summary="A scaler names a workload that is there and states no size of its own.",
    remedy="name the workload in scaleTargetRef",
    sources=("KubeLinter dangling-horizontalpodautoscaler", "kube-score horizontalpodautoscaler-has-target"),
    reads=("scalers.target_name", "pods.name", "pods.replicas"),
    check=_check,
)
