"""R04 bounded-instances."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.cloudrun_builders import blamed_on_run, job, run_service, worker_pool

R04 = rule("R04")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(run_service(), id="a bound"),
        pytest.param(run_service(inside={"scaling": None}, scaling={"maxInstanceCount": 100}), id="the service's own"),
        pytest.param(worker_pool(), id="a fixed number"),
        pytest.param(job(), id="a job"),
        pytest.param(
            run_service(inside={"scaling": {"maxInstanceCount": 500}}, scaling={"maxInstanceCount": 5}),
            id="the smaller of two",
        ),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(R04, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(run_service("bad", inside={"scaling": None}), "instances_max is not set", id="none"),
        pytest.param(
            run_service("bad", inside={"scaling": {"maxInstanceCount": 101}}),
            "instances_max is 101, above the 100",
            id="one too many",
        ),
        pytest.param(
            worker_pool("bad", scaling={"manualInstanceCount": 101}), "instances_max is 101", id="a pool's number"
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed_on_run(R04, bad)


def test_the_bound_is_a_setting() -> None:
    assert judged(R04, run_service(), at_most=2)["portal"].startswith("Service portal: instances_max is 3, above the 2")
