"""A14: a pod has its own service account, and mounts its token only if the account has a role.

Even without a role, a token gives access to the API server and exposes its vulnerabilities.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fleet.source.redaction import shown
from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.kubernetes import Place
from policy.views.stack import StackView

_NONE = ("", "default")


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    mounting, bound = _mounting(stack), _bound(stack)
    unknown_bindings = {binding.host for binding in stack.bindings if "subjects" in binding.unknown}
    for pod in stack.pods:
        if "service_account" in pod.unknown:
            continue
        if pod.service_account in _NONE:
            what = "is default" if pod.service_account else "is not set, so it is default"
            problem = f"service_account {what}, so it shares permissions with every pod of the namespace"
            yield Finding("service_account", problem, of=pod)
        mounts = mounting.get((pod.place, pod.service_account), True) if pod.token is None else pod.token
        has_role = pod.host in unknown_bindings or (pod.host, pod.namespace, pod.service_account) in bound
        if "token" not in pod.unknown and mounts and not has_role:
            problem = f"token of account {shown(pod.service_account or 'default')} is mounted, but it has no role here"
            remedy = "set automountServiceAccountToken to false on the pod or its service account"
            yield Finding("token", problem, remedy, of=pod)


def _mounting(stack: StackView) -> Mapping[tuple[Place | None, str], bool]:
    """(place, account) -> whether pods that do not say mount its token."""
    found: dict[tuple[Place | None, str], bool] = {}
    for account in stack.accounts:
        if account.place:
            mounts = account.token is not False and "token" not in account.unknown
            found.setdefault((account.place, account.name), mounts)
    return found


def _bound(stack: StackView) -> set[tuple[str, str, str]]:
    """(cluster, namespace, name) of every account that a binding of the stack gives a role."""
    return {
        (binding.host, namespace or binding.namespace, name)
        for binding in stack.bindings
        for kind, namespace, name in binding.subjects
        if kind == "ServiceAccount"
    }


RULE = StackRule(
    id="A14",
    name="own-service-account",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="A pod has its own service account, and mounts its token only if the account has a role.",
    remedy="let the plan set it: each group gets an account without a token",
    elsewhere="set serviceAccountName to its own account",
    sources=("CKV_K8S_38", "CKV_K8S_41", "CKV_K8S_42", "KSV-0036", "KubeLinter default-service-account"),
    reads=("pods.service_account", "pods.token", "accounts.token", "bindings.subjects"),
    check=_check,
)
