"""R10 pinned-secrets."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.cloudrun_builders import blamed_on_run, job, run_service

R10 = rule("R10")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(run_service(), id="none"),
        pytest.param(
            run_service(
                main={"envs": [{"name": "KEY", "valueSource": {"secretKeyRef": {"secret": "hub-key", "version": "3"}}}]}
            ),
            id="a number",
        ),
        pytest.param(
            run_service(
                inside={
                    "volumes": [
                        {"name": "s", "secret": {"secret": "hub-key", "items": [{"path": "a", "version": "12"}]}}
                    ]
                }
            ),
            id="a file",
        ),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(R10, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            run_service(
                "bad",
                main={
                    "envs": [
                        {"name": "KEY", "valueSource": {"secretKeyRef": {"secret": "hub-key", "version": "latest"}}}
                    ]
                },
            ),
            'secrets hold "hub-key" with "latest"',
            id="the latest",
        ),
        pytest.param(
            run_service(
                "bad",
                main={
                    "envs": [{"name": "KEY", "valueSource": {"secretKeyRef": {"secret": "hub-key", "version": None}}}]
                },
            ),
            'secrets hold "hub-key" with no version',
            id="none",
        ),
        pytest.param(
            run_service(
                "bad",
                inside={
                    "volumes": [
                        {"name": "s", "secret": {"secret": "hub-key", "items": [{"path": "a", "version": "latest"}]}}
                    ]
                },
            ),
            'with "latest"',
            id="a file of the latest",
        ),
        pytest.param(
            run_service("bad", inside={"volumes": [{"name": "s", "secret": {"secret": "hub-key", "items": []}}]}),
            "with no version",
            id="a file of all",
        ),
        pytest.param(
            job("bad", volumes=[{"name": "s", "secret": {"secret": "hub-key", "items": []}}]),
            "with no version",
            id="a job's",
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed_on_run(R10, bad)
