"""R08 idle-gpu-accepted."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.cloudrun_builders import blamed_on_run, gpu_service, run_container, run_service, worker_pool

R08 = rule("R08")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(gpu_service(), id="none kept warm"),
        pytest.param(run_service(inside={"scaling": {"minInstanceCount": 2, "maxInstanceCount": 3}}), id="no card"),
        pytest.param(
            gpu_service(
                scaling={"minInstanceCount": 1},
                annotations={"fleet.local/idle-gpu-accepted": "answers within a second"},
            ),
            id="a reason",
        ),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(R08, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            gpu_service("bad", scaling={"minInstanceCount": 1}),
            "instances_min is 1 with a GPU",
            id="one of the service",
        ),
        pytest.param(
            gpu_service("bad", inside={"scaling": {"minInstanceCount": 2, "maxInstanceCount": 3}}),
            "instances_min is 2 with a GPU",
            id="two of a revision",
        ),
        pytest.param(
            worker_pool(
                "bad", template={"nodeSelector": {"accelerator": "nvidia-l4"}, "containers": [run_container()]}
            ),
            "instances_min is 1 with a GPU",
            id="a worker pool",
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed_on_run(R08, bad)
