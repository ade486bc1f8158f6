"""F07: no role is equivalent to cluster administrator.

Each listed permission leads there: reading all secrets gives every account's token, binding gives every role, and
executing in any pod gives that pod's access.
"""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import Finding, Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.kubernetes import BindingView, Grant, RoleView

_READ = ("get", "list", "watch")
_WRITE = ("create", "update", "patch", "delete", "deletecollection")
_RIGHTS: tuple[tuple[tuple[str, ...], tuple[str, ...], str], ...] = (
    (("secrets",), _READ, "reads every secret, including tokens of accounts"),
    (("roles", "clusterroles"), ("escalate",), "gives itself any permission"),
    (("roles", "clusterroles", "rolebindings", "clusterrolebindings"), ("bind",), "gives itself any role"),
    (("rolebindings", "clusterrolebindings"), ("create", "update", "patch"), "grants its own permissions to others"),
    (("users", "groups", "serviceaccounts"), ("impersonate",), "acts as any user"),
    (("serviceaccounts/token",), ("create",), "issues tokens for any account"),
    (("pods/exec", "pods/attach"), ("create", "get"), "runs programs in any pod"),
    (("nodes/proxy",), (*_READ, "create"), "reaches the kubelet, bypassing admission and audit"),
    (
        ("mutatingwebhookconfigurations", "validatingwebhookconfigurations"),
        _WRITE,
        "sees and changes every object that is admitted",
    ),
    (("certificatesigningrequests/approval",), ("update", "patch"), "issues certificates for any identity"),
    (("signers",), ("approve", "sign"), "issues certificates for any identity"),
)
"""(resources, verbs, what any of these verbs on any of these resources allows)."""

_EVERYBODY = ("system:anonymous", "system:unauthenticated", "system:authenticated", "system:masters")


def _check_role(role: RoleView, settings: Settings) -> Iterator[Finding]:
    if role.name in settings["ignored"]:
        return
    for grant in role.grants:
        for what in dict.fromkeys(_faults(grant)):
            yield Finding("grants", f"grants holds {what}")


def _faults(grant: Grant) -> Iterator[str]:
    for part, values in (("verbs", grant.verbs), ("resources", grant.resources), ("apiGroups", grant.groups)):
        if "*" in values or any(value.startswith("*/") for value in values):
            yield f'{part} "*", so it includes every resource added later'
    if "*" in grant.urls:
        yield 'nonResourceURLs "*", so it reaches every endpoint of the API server'
    for resources, verbs, why in _RIGHTS:
        held = [name for name in grant.resources if name in resources]
        may = [verb for verb in grant.verbs if verb in verbs]
        if held and may and not grant.names:
            yield f"{', '.join(may)} of {', '.join(held)}: it {why}"


def _check_binding(binding: BindingView, settings: Settings) -> Iterator[Finding]:
    if binding.name in settings["ignored"]:
        return
    if binding.role_name == "cluster-admin":
        problem = "role_name is cluster-admin, which allows everything"
        yield Finding("role_name", problem, "bind a role with only the permissions it needs")
    for kind, _, name in binding.subjects:
        if kind in ("Group", "User") and name in _EVERYBODY:
            problem = f'subjects holds "{name}", which includes users that are not yours'
            yield Finding("subjects", problem, "bind individual accounts")


RULE = ResourceRule(
    id="F07",
    name="least-rights",
    level=Level.MANDATORY,
    severity=Severity.CRITICAL,
    summary="No role has wildcards or permissions that allow escalation, and no binding grants cluster-admin.",
    remedy="list the resources and verbs it needs, with resourceNames where possible",
    sources=(
        "CKV_K8S_49", "CKV_K8S_155", "CKV_K8S_156", "CKV_K8S_157", "CKV_K8S_158", "CKV2_K8S_1", "CKV2_K8S_2",
        "CKV2_K8S_3", "CKV2_K8S_4", "CKV2_K8S_5", "KSV-0041", "KSV-0044", "KSV-0045", "KSV-0046", "KSV-0047",
        "KSV-0050", "KSV-0053", "KSV-0056", "KSV-0111", "KSV-0112", "KSV-0113", "KSV-0114", "KSV-0122", "KSV-0123",
    ),
    defaults={"ignored": ()},
    resources=(
        ResourceCheck(of="roles", reads=("grants",), each=("grants",), check=_check_role),
        ResourceCheck(of="bindings", reads=("role_name", "subjects"), check=_check_binding),
    ),
)  # fmt: skip
