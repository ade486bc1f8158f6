"""E08: a pod is rescheduled when its node is gone, and replaced without downtime.

A workload that holds a GPU or a claim is replaced stop-first: a new pod would wait for what the old one holds.
"""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import Finding, Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.kubernetes import PodView


def _check(pod: PodView, settings: Settings) -> Iterator[Finding]:
    if pod.bare:
        yield Finding("kind", "kind is Pod, so nothing reschedules it when its node is gone")
    elif pod.strategy == "OnDelete":
        yield Finding("strategy", "strategy is OnDelete, so a change takes effect only when somebody deletes the pods")
    elif pod.strategy == "Recreate" and not _holds_one_of_a_kind(pod):
        problem = "strategy is Recreate, so it is down while a new version starts, and stays down if that fails"
        yield Finding("strategy", problem)


def _holds_one_of_a_kind(pod: PodView) -> bool:
    claims = any(volume.kind == "persistentVolumeClaim" and not volume.read_only for volume in pod.volumes)
    return claims or any(container.gpu for container in pod.containers)


RULE = ResourceRule(
    id="E08",
    name="rolled-out",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="Pods belong to a workload with rolling updates, or stop-first updates if they hold a GPU or a claim.",
    remedy="make it a group, which becomes a Deployment",
    elsewhere="make it a Deployment, StatefulSet or Job, with strategy RollingUpdate",
    sources=("Kyverno prevent-bare-pods", "Pulumi disallow-pod", "KubeLinter no-rolling-update-strategy"),
    resources=(ResourceCheck(of="pods", reads=("strategy", "volumes", "containers"), check=_check),),
)
