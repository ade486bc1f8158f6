"""A08 seccomp."""

from __future__ import annotations

import pytest

from policy.catalogue import rule
from policy.containers import DOCKER, KUBERNETES, ContainerView
from policy.rule import ContainerRule
from tests.policy.builders import container, judged, violation

A08 = rule("A08")


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(None, id="nothing said, which is Docker's own profile"),
        pytest.param(["no-new-privileges:true"], id="other options only"),
        pytest.param(['seccomp={"defaultAction": "SCMP_ACT_ERRNO"}'], id="a profile of its own"),
        pytest.param(["apparmor=unconfined"], id="another lock unconfined"),
    ],
)
def test_it_holds_with(options: list[str] | None) -> None:
    assert judged(A08, container(securityOpts=options)) == {}


@pytest.mark.parametrize(
    "option",
    [
        pytest.param("seccomp=unconfined", id="an equals sign"),
        pytest.param("seccomp:unconfined", id="the older colon"),
        pytest.param(" SECCOMP = unconfined ", id="spaces and capitals"),
    ],
)
def test_it_fails_with(option: str) -> None:
    message = violation(A08, container(securityOpts=["no-new-privileges:true", option]))
    assert "seccomp is unconfined" in message
    assert "set containers.main.hardening.seccomp to default" in message


@pytest.mark.parametrize(
    ("target", "findings"),
    [
        pytest.param(DOCKER, 0, id="docker, which filters unless told not to"),
        pytest.param(KUBERNETES, 1, id="kubernetes, which filters only when told to"),
    ],
)
def test_a_profile_that_is_not_set_depends_on_the_target(target: str, findings: int) -> None:
    assert isinstance(A08, ContainerRule)
    assert len(list(A08.check(ContainerView("agent", target, "agent"), {}))) == findings
