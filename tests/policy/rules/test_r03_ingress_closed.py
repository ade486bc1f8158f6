"""R03 ingress-closed."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.cloudrun_builders import blamed_on_run, job, run_service

R03 = rule("R03")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(run_service(), id="from inside"),
        pytest.param(run_service(ingress="INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"), id="through a balancer"),
        pytest.param(
            run_service(ingress="INGRESS_TRAFFIC_ALL", annotations={"fleet.local/exposed": "the public site"}),
            id="a reason",
        ),
        pytest.param(job(), id="a job"),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(R03, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            run_service("bad", ingress="INGRESS_TRAFFIC_ALL"), 'ingress is "INGRESS_TRAFFIC_ALL"', id="everything"
        ),
        pytest.param(run_service("bad", ingress=None), 'ingress is "INGRESS_TRAFFIC_ALL"', id="the default"),
        pytest.param(
            run_service("bad", ingress="INGRESS_TRAFFIC_ALL", annotations={"fleet.local/exposed": " "}),
            "ingress is",
            id="a reason that is blank",
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed_on_run(R03, bad)
