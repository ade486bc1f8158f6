"""A05 no-new-privileges."""

from __future__ import annotations

from typing import Any

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import container, judged, violation
from tests.policy.kubernetes_builders import blamed, secure, workload

A05 = rule("A05")


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(["no-new-privileges:true"], id="the usual form"),
        pytest.param(["no-new-privileges=true"], id="an equals sign"),
        pytest.param(["no-new-privileges"], id="the bare name"),
        pytest.param(["seccomp={}", "no-new-privileges:true"], id="another option before it"),
    ],
)
def test_it_holds_with(options: list[str]) -> None:
    assert judged(A05, container(securityOpts=options)) == {}


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(None, id="no security options"),
        pytest.param([], id="empty security options"),
        pytest.param(["no-new-privileges:false"], id="false"),
        pytest.param(["no-new-privileges:true", "no-new-privileges:false"], id="true, then false"),
        pytest.param(["apparmor=no-new-privileges"], id="the words as another option's value"),
        pytest.param("no-new-privileges:true", id="a text in place of a list"),
    ],
)
def test_it_fails_with(options: Any) -> None:
    message = violation(A05, container(securityOpts=options))
    assert "no_new_privileges is false" in message
    assert "set containers.main.hardening.no_new_privileges to true" in message


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="escalation off"),
    ],
)
def test_on_a_cluster_it_holds_with(good: Registered) -> None:
    assert judged(A05, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            workload(securityContext=secure(allowPrivilegeEscalation=None)),
            "no_new_privileges is false",
            id="nothing said",
        ),
        pytest.param(
            workload(securityContext=secure(allowPrivilegeEscalation=True)),
            "no_new_privileges is false",
            id="escalation on",
        ),
    ],
)
def test_on_a_cluster_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(A05, bad)
