"""R14 within-bounds."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.cloudrun_builders import blamed_on_run, job, run_service

R14 = rule("R14")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(run_service(inside={"timeout": "3600s", "maxInstanceRequestConcurrency": 1000}), id="the most"),
        pytest.param(job(timeout="86400s"), id="a task's most"),
        pytest.param(run_service(main={"envs": [{"name": "TEXT", "value": "x" * 32768}]}), id="the longest variable"),
        pytest.param(run_service("n" * 49), id="the longest name"),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(R14, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            run_service("bad", inside={"timeout": "3601s"}),
            "timeout_s is 3601, above the maximum of 3600",
            id="a long request",
        ),
        pytest.param(job("bad", timeout="86401s"), "timeout_s is 86401, above the maximum of 86400", id="a long task"),
        pytest.param(
            run_service("bad", inside={"maxInstanceRequestConcurrency": 1001}),
            "concurrency is 1001, above the maximum of 1000",
            id="many requests",
        ),
        pytest.param(
            run_service("bad", main={"envs": [{"name": "TEXT", "value": "x" * 32769}]}),
            'env "TEXT" has 32769 bytes',
            id="a long variable",
        ),
        pytest.param(run_service("n" * 50), "has 50 characters, above the maximum of 49", id="a long name"),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed_on_run(R14, bad)
