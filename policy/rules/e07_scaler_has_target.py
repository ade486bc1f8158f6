"""E07: a scaler has something to scale, and nobody else sets its size."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.readers.replicas import scaler_of
from policy.views.kubernetes import ScalerView
from policy.views.stack import StackView

_KINDS = ("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController", "Rollout")
"""Kinds that are read; what else a scaler may be about is not judged."""


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    for scaler in stack.scalers:
        if scaler.most < max(1, scaler.least) and "most" not in scaler.unknown:
            problem = f"most is {scaler.most} of at least {scaler.least}, so the cluster refuses it"
            yield Finding(scaler.subject, "most", problem, "set its maximum to its minimum or more", urn=scaler.urn)
        if scaler.target_kind in _KINDS and not _is_there(scaler, stack):
            problem = (
                f'target_name is "{scaler.target_name}", but no {scaler.target_kind} of its namespace is called that'
            )
            yield Finding(scaler.subject, "target_name", problem, urn=scaler.urn)
    for pod in stack.pods:
        owner = scaler_of(pod, stack.scalers)
        if owner and pod.replicas is not None:
            problem = (
                f"replicas is {pod.replicas}, and {owner.subject} sets it too, so each update undoes what it scaled"
            )
            yield Finding(pod.subject, "replicas", problem, "leave replicas out", urn=pod.urn)


def _is_there(scaler: ScalerView, stack: StackView) -> bool:
    if {"target_name", "namespace"} & scaler.unknown:
        return True
    return any(
        {"name", "namespace"} & pod.unknown or (pod.name == scaler.target_name and pod.shares_namespace(scaler))
        for pod in stack.pods
        if pod.kind == scaler.target_kind
    )


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
