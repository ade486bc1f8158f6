"""R07 below-one-cpu."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.cloudrun_builders import blamed_on_run, job, run_container, run_service

R07 = rule("R07")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(run_service(), id="one CPU"),
        pytest.param(
            run_service(
                main={"resources": {"limits": {"cpu": "0.5", "memory": "512Mi"}, "cpuIdle": True}},
                inside={
                    "executionEnvironment": None,
                    "maxInstanceRequestConcurrency": 1,
                    "containers": [
                        run_container(resources={"limits": {"cpu": "0.5", "memory": "512Mi"}, "cpuIdle": True})
                    ],
                },
            ),
            id="half a CPU as it must be",
        ),
        pytest.param(
            run_service(
                inside={
                    "executionEnvironment": "EXECUTION_ENVIRONMENT_GEN1",
                    "maxInstanceRequestConcurrency": None,
                    "containers": [
                        run_container(resources={"limits": {"cpu": "999m", "memory": "512Mi"}, "cpuIdle": True})
                    ],
                }
            ),
            id="just less than one",
        ),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(R07, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            run_service(
                "bad",
                inside={
                    "executionEnvironment": None,
                    "containers": [
                        run_container(resources={"limits": {"cpu": "999m", "memory": "512Mi"}, "cpuIdle": True})
                    ],
                },
            ),
            "concurrency is 80 with 0.999 CPUs",
            id="several requests",
        ),
        pytest.param(
            run_service(
                "bad",
                inside={
                    "maxInstanceRequestConcurrency": 1,
                    "containers": [
                        run_container(resources={"limits": {"cpu": "0.5", "memory": "512Mi"}, "cpuIdle": True})
                    ],
                },
            ),
            "generation is EXECUTION_ENVIRONMENT_GEN2 with 0.5 CPUs",
            id="the second generation",
        ),
        pytest.param(
            run_service(
                "bad",
                inside={
                    "executionEnvironment": None,
                    "maxInstanceRequestConcurrency": 1,
                    "containers": [run_container(resources={"limits": {"cpu": "0.5", "memory": "512Mi"}})],
                },
            ),
            "cpu_idle is false with 0.5 CPUs",
            id="billing by instance",
        ),
        pytest.param(
            job("bad", main={"resources": {"limits": {"cpu": "0.5", "memory": "512Mi"}}}),
            "containers have less than one CPU",
            id="a job",
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed_on_run(R07, bad)
