"""A11 read-only-rootfs."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import container, judged, violation
from tests.policy.kubernetes_builders import blamed, secure, workload

A11 = rule("A11")


@pytest.mark.parametrize("read_only", [pytest.param(True, id="true"), pytest.param("true", id="true as text")])
def test_it_holds_with(read_only: object) -> None:
    assert judged(A11, container(readOnly=read_only)) == {}


@pytest.mark.parametrize(
    "read_only",
    [pytest.param(False, id="false"), pytest.param(None, id="nothing said"), pytest.param(["true"], id="a list")],
)
def test_it_fails_with(read_only: object) -> None:
    message = violation(A11, container(readOnly=read_only))
    assert "read_only_root is false" in message
    assert "set containers.main.hardening.read_only_root to true" in message


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="a read-only root"),
    ],
)
def test_on_a_cluster_it_holds_with(good: Registered) -> None:
    assert judged(A11, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            workload(securityContext=secure(readOnlyRootFilesystem=None)), "read_only_root is false", id="nothing said"
        ),
    ],
)
def test_on_a_cluster_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(A11, bad)
