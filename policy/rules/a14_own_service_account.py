"""A14: a pod has an account of its own, and its token only where the account may do something.

Without a role a token still opens the cluster's API, to whatever a fault there lets through.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.redaction import shown
from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.kubernetes import PodView
from policy.views.stack import StackView

_NONE = ("", "default")


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    for pod in stack.pods:
        if "service_account" in pod.unknown:
            continue
        if pod.service_account in _NONE:
            what = "is default" if pod.service_account else "is not set, which means default"
            problem = f"service_account {what}; what one pod of the namespace is allowed, all of them are"
            yield Finding(pod.subject, "service_account", problem, urn=pod.urn)
        if "token" not in pod.unknown and _mounts_token(pod, stack) and not _has_role(pod, stack):
            problem = (
                f"token of account {shown(pod.service_account or 'default')} is mounted, and no role here needs it"
            )
            remedy = "set automountServiceAccountToken to false, on the pod or its account"
            yield Finding(pod.subject, "token", problem, remedy, urn=pod.urn)


def _mounts_token(pod: PodView, stack: StackView) -> bool:
    if pod.token is not None:
        return pod.token
    accounts = (one for one in stack.accounts if one.name == pod.service_account and one.shares_namespace(pod))
    account = next(accounts, None)
    return account is None or (account.token is not False and "token" not in account.unknown)


def _has_role(pod: PodView, stack: StackView) -> bool:
    """Whether a binding of the stack is about its account, or about one that is not known yet."""
    for binding in stack.bindings:
        if binding.host != pod.host:
            continue
        if "subjects" in binding.unknown:
            return True
        for kind, namespace, name in binding.subjects:
            place = namespace or binding.namespace
            if (kind, name, place) == ("ServiceAccount", pod.service_account, pod.namespace):
                return True
    return False


RULE = StackRule(
    id="A14",
    name="own-service-account",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="A pod has a service account of its own, whose token it gets only where a role needs it.",
    remedy="leave it to the plan, which gives each group an account without a token",
    elsewhere="set serviceAccountName to an account of its own",
    sources=("CKV_K8S_38", "CKV_K8S_41", "CKV_K8S_42", "KSV-0036", "KubeLinter default-service-account"),
    reads=("pods.service_account", "pods.token", "accounts.token", "bindings.subjects"),
    check=_check,
)
