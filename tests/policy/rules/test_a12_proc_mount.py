"""A12 proc-mount."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.kubernetes_builders import blamed, secure, workload

A12 = rule("A12")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="nothing said"),
        pytest.param(workload(securityContext=secure(procMount="Default")), id="the default"),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(A12, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            workload(securityContext=secure(procMount="Unmasked")), 'proc_mount is "Unmasked"', id="all of it"
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(A12, bad)
