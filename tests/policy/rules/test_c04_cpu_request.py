"""C04 cpu-request."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.kubernetes_builders import blamed, workload

C04 = rule("C04")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="a request"),
        pytest.param(workload(resources={"limits": {"cpu": 1}}), id="a limit, which stands for the request"),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(C04, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(workload(resources=None), "cpu_request is not set", id="none"),
        pytest.param(workload(resources={"requests": {"cpu": "much"}}), "cpu_request is not set", id="a word"),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(C04, bad)
