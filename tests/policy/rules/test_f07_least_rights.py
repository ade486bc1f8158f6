"""F07 least-rights."""

from __future__ import annotations

from typing import Any

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.kubernetes_builders import blamed, kubernetes

F07 = rule("F07")


RBAC = "rbac.authorization.k8s.io/v1"


def _role(resources: list[str], verbs: list[str], kind: str = "Role", **more: Any) -> Registered:
    grant = {"apiGroups": [""], "resources": resources, "verbs": verbs, **more}
    return kubernetes(f"{RBAC}:{kind}", "role", rules=[grant])


def _binding(role: str, subject: str = "agent", kind: str = "ServiceAccount") -> Registered:
    subjects = [{"kind": kind, "name": subject}]
    return kubernetes(f"{RBAC}:ClusterRoleBinding", "binding", None, roleRef={"name": role}, subjects=subjects)


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(_role(["configmaps", "pods"], ["get", "list"]), id="single rights"),
        pytest.param(_role(["secrets"], ["get"], resourceNames=["mine"]), id="one secret by name"),
        pytest.param(_role(["secrets"], ["create"]), id="a secret that it makes"),
        pytest.param(_role(["leases"], ["create", "update", "get"]), id="leader election"),
        pytest.param(_binding("reader"), id="a role of its own"),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(F07, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(_role(["*"], ["get"]), 'resources "*"', id="every resource"),
        pytest.param(_role(["pods"], ["*"]), 'verbs "*"', id="every verb"),
        pytest.param(_role(["pods"], ["get"], apiGroups=["*"]), 'apiGroups "*"', id="every group"),
        pytest.param(_role(["*/scale"], ["get"]), 'resources "*"', id="a part of every resource"),
        pytest.param(_role(["secrets"], ["list"]), "reads every secret", id="all secrets"),
        pytest.param(
            _role(["secrets"], ["watch"], "ClusterRole"), "reads every secret", id="all secrets of the cluster"
        ),
        pytest.param(_role(["clusterroles"], ["escalate"]), "gives itself any permission", id="escalation"),
        pytest.param(_role(["roles"], ["bind"]), "gives itself any role", id="binding"),
        pytest.param(_role(["users"], ["impersonate"]), "acts as any user", id="another's name"),
        pytest.param(_role(["pods/exec"], ["create"]), "runs programs in any pod", id="a shell in pods"),
        pytest.param(_role(["nodes/proxy"], ["get"]), "bypassing admission", id="the kubelet"),
        pytest.param(_role(["validatingwebhookconfigurations"], ["update"]), "changes every object", id="webhooks"),
        pytest.param(
            _role(["certificatesigningrequests/approval"], ["update"]),
            "issues certificates",
            id="approval of certificates",
        ),
        pytest.param(_role(["serviceaccounts/token"], ["create"]), "tokens for any account", id="tokens"),
        pytest.param(_role([], ["get"], nonResourceURLs=["*"]), 'nonResourceURLs "*"', id="every address"),
        pytest.param(_binding("cluster-admin"), "role_name is cluster-admin", id="the administrator's role"),
        pytest.param(_binding("reader", "system:anonymous", "User"), 'subjects holds "system:anonymous"', id="anybody"),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(F07, bad)


def test_roles_of_the_cluster_s_own_tools_are_a_setting() -> None:
    assert judged(F07, _role(["secrets"], ["list"]), ignored=["role"]) == {}
