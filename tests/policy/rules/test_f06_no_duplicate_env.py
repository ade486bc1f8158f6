"""F06 no-duplicate-env."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import container, judged, violation
from tests.policy.cloudrun_builders import blamed_on_run, run_service
from tests.policy.kubernetes_builders import blamed, workload

F06 = rule("F06")


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param([], id="nothing"),
        pytest.param(["A=1", "B=1"], id="two names"),
        pytest.param(["A=1", "a=1"], id="names that differ in case"),
    ],
)
def test_it_holds_with(entries: list[str]) -> None:
    assert judged(F06, container(envs=entries)) == {}


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        pytest.param(["A=1", "B=2", "A=3"], 'env "A" is set 2 times', id="two values"),
        pytest.param(["A=1", "A=1", "A"], 'env "A" is set 3 times', id="one value three times, once without"),
    ],
)
def test_it_fails_with(entries: list[str], says: str) -> None:
    message = violation(F06, container(envs=entries))
    assert says in message
    assert "keep one of them under containers.main.env" in message


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="each once"),
    ],
)
def test_on_a_cluster_it_holds_with(good: Registered) -> None:
    assert judged(F06, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            workload(
                env=[
                    {"name": "A", "value": "1"},
                    {"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
                ]
            ),
            'env "A" is set 2 times',
            id="twice, from two sources",
        ),
    ],
)
def test_on_a_cluster_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(F06, bad)


def test_on_cloud_run_it_holds_and_fails_alike() -> None:
    bad = run_service("bad", main={"envs": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]})
    assert judged(F06, run_service()) == {}
    assert 'env "A" is set 2 times' in blamed_on_run(F06, bad)
