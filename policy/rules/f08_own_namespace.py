"""F08: pods run in a dedicated namespace that enforces a Pod Security Standard."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.stack import StackView

ENFORCE = "pod-security.kubernetes.io/enforce"
"""Label that makes the API server reject pods below a Pod Security Standard."""
_WHY = "which is shared, so its policies, quotas and roles apply to everyone"


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    for pod in stack.pods:
        if pod.namespace in settings["shared"] and "namespace" not in pod.unknown:
            yield Finding("namespace", f'namespace is "{pod.namespace}", {_WHY}', of=pod)
    for namespace in stack.namespaces:
        level = namespace.labels.get(ENFORCE)
        if "labels" not in namespace.unknown and level not in settings["levels"]:
            what = f'is "{level}"' if level else "is not set"
            problem = f"label {ENFORCE} {what}, so the cluster accepts unrestricted pods from anyone"
            remedy = f"set it to {' or '.join(settings['levels'])}"
            yield Finding("labels", problem, remedy, of=namespace)


RULE = StackRule(
    id="F08",
    name="own-namespace",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="Pods are in no shared namespace, and namespaces enforce a Pod Security Standard.",
    remedy="set a dedicated namespace in metadata.namespace, or on the provider",
    sources=("CKV_K8S_21", "KSV-0110", "KSV-0037", "Kyverno add-psa-labels"),
    defaults={
        "shared": ("default", "kube-system", "kube-public", "kube-node-lease"),
        "levels": ("restricted", "baseline"),
    },
    reads=("pods.namespace", "namespaces.labels"),
    check=_check,
)
