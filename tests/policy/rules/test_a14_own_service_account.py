"""A14 own-service-account."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.kubernetes_builders import blamed, foreign_pod, kubernetes, workload

A14 = rule("A14")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="an account and no token"),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(A14, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            workload(pod={"serviceAccountName": None}), "service_account is not set, so it is default", id="none"
        ),
        pytest.param(
            workload(pod={"serviceAccountName": "default"}), "service_account is default", id="that of the namespace"
        ),
        pytest.param(
            workload(pod={"automountServiceAccountToken": True}),
            'token of account "agent" is mounted, but it has no role here',
            id="a token without a role",
        ),
        pytest.param(workload(pod={"automountServiceAccountToken": None}), "is mounted", id="a token by default"),
        pytest.param(foreign_pod(), "set serviceAccountName to its own account", id="a pod of no group"),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(A14, bad)


def test_an_account_may_say_for_its_pods_that_no_token_is_mounted() -> None:
    pod = workload(pod={"automountServiceAccountToken": None})
    account = kubernetes("core/v1:ServiceAccount", "agent", automountServiceAccountToken=False)
    assert judged(A14, pod, account) == {}


@pytest.mark.parametrize("namespace", [None, "agents", pytest.param("other", id="another's account")])
def test_a_token_is_right_where_a_role_needs_it(namespace: str | None) -> None:
    subject = {"kind": "ServiceAccount", "name": "agent", **({"namespace": namespace} if namespace else {})}
    role = {"kind": "Role", "name": "leader"}
    binding = kubernetes("rbac.authorization.k8s.io/v1:RoleBinding", "leader", subjects=[subject], roleRef=role)
    found = judged(A14, workload(pod={"automountServiceAccountToken": True}), binding)
    assert (found == {}) is (namespace != "other")
