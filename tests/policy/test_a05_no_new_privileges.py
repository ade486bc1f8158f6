"""A05 no-new-privileges."""

from __future__ import annotations

from typing import Any

import pytest

from policy.catalogue import rule
from tests.policy.builders import container, judged, violation

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
