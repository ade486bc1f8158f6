"""C09 ephemeral-storage."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.kubernetes_builders import blamed, workload

C09 = rule("C09")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="both"),
        pytest.param(
            workload(resources={"limits": {"ephemeral-storage": "1Gi"}}), id="a limit, which stands for the request"
        ),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(C09, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(workload(resources=None), "storage_limit_mib is not set", id="neither"),
        pytest.param(
            workload(resources={"requests": {"ephemeral-storage": "1Gi"}}),
            "storage_limit_mib is not set",
            id="a request alone",
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(C09, bad)
