"""F07: no role is as good as the cluster's administrator.

Each right in the list leads there: who reads all secrets has every account's token, who may bind has every role, who
starts a process in any pod is that pod.
"""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import Finding, Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.kubernetes import BindingView, Grant, RoleView

_READ = ("get", "list", "watch")
_WRITE = ("create", "update", "patch", "delete", "deletecollection")
_RIGHTS: tuple[tuple[tuple[str, ...], tuple[str, ...], str], ...] = (
    (("secrets",), _READ, "reads every secret, accounts' tokens included"),
    (("roles", "clusterroles"), ("escalate",), "gives itself any right"),
    (("roles", "clusterroles", "rolebindings", "clusterrolebindings"), ("bind",), "gives itself any role"),
    (("rolebindings", "clusterrolebindings"), ("create", "update", "patch"), "gives away what its owner may"),
    (("users", "groups", "serviceaccounts"), ("impersonate",), "is whoever it likes"),
    (("serviceaccounts/token",), ("create",), "makes tokens of any account"),
    (("pods/exec", "pods/attach"), ("create", "get"), "runs programs in any pod"),
    (("nodes/proxy",), (*_READ, "create"), "asks the kubelet past the cluster's checks"),
    (
        ("mutatingwebhookconfigurations", "validatingwebhookconfigurations"),
        _WRITE,
        "sees and changes whatever is registered",
    ),
    (("certificatesigningrequests/approval",), ("update", "patch"), "signs certificates for anybody"),
    (("signers",), ("approve", "sign"), "signs certificates for anybody"),
)
"""(resources, verbs, what who has one of these verbs on one of these resources does)."""

_EVERYBODY = ("system:anonymous", "system:unauthenticated", "system:authenticated", "system:masters")


def _check_role(role: RoleView, settings: Settings) -> Iterator[Finding]:
    if role.name in settings["ignored"]:
        return
    for grant in role.grants:
        for what in dict.fromkeys(_faults(grant)):
            yield Finding(role.subject, "grants", f"grants holds {what}")


def _faults(grant: Grant) -> Iterator[str]:
    for part, values in (("verbs", grant.verbs), ("resources", grant.resources), ("apiGroups", grant.groups)):
        if "*" in values or any(value.startswith("*/") for value in values):
            yield f'{part} "*", so it grows with every resource that is added'
    if "*" in grant.urls:
        yield 'nonResourceURLs "*", so it reaches whatever the API server answers'
    for resources, verbs, why in _RIGHTS:
        held = [name for name in grant.resources if name in resources]
        may = [verb for verb in grant.verbs if verb in verbs]
        if held and may and not grant.names:
            yield f"{', '.join(may)} of {', '.join(held)}: it {why}"


def _check_binding(binding: BindingView, settings: Settings) -> Iterator[Finding]:
    if binding.name in settings["ignored"]:
        return
    if binding.role_name == "cluster-admin":
        problem = "role_name is cluster-admin, which may do everything everywhere"
        yield Finding(binding.subject, "role_name", problem, "bind a role that names what is needed")
    for kind, _, name in binding.subjects:
        if kind in ("Group", "User") and name in _EVERYBODY:
            problem = f'subjects holds "{name}", who is not one of yours'
            yield Finding(binding.subject, "subjects", problem, "bind single accounts")


RULE = ResourceRule(
    id="F07",
    name="least-rights",
    level=Level.MANDATORY,
    severity=Severity.CRITICAL,
    summary="No role has wildcards or rights that lead to the rest of the cluster, and nobody is its administrator.",
    remedy="name the resources and verbs that are needed, with resourceNames where there are names",
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
