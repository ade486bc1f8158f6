"""R09 time-to-start."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.cloudrun_builders import blamed_on_run, gpu_service, run_service

R09 = rule("R09")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(run_service(), id="a minute"),
        pytest.param(gpu_service(), id="a minute for a model"),
        pytest.param(run_service(main={"startupProbe": None}), id="no probe"),
        pytest.param(
            run_service(main={"startupProbe": {"periodSeconds": 10, "failureThreshold": 24}}), id="all there is"
        ),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(R09, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            run_service(
                "bad", main={"startupProbe": {"periodSeconds": 10, "failureThreshold": 24, "initialDelaySeconds": 1}}
            ),
            "probes allow 241 s to start, but Cloud Run allows at most 240 s",
            id="too long",
        ),
        pytest.param(
            gpu_service("bad", main={"startupProbe": {"periodSeconds": 1, "failureThreshold": 29}}),
            "probes allow 29 s to start, but loading a model takes longer",
            id="too short for a model",
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed_on_run(R09, bad)
