"""R06 cpu-and-memory."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.cloudrun_builders import blamed_on_run, gpu_service, job, run_container, run_service, sidecar

R06 = rule("R06")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(
            run_service(main={"resources": {"limits": {"cpu": "0.08", "memory": "128Mi"}, "cpuIdle": True}}),
            id="0.08 and 128Mi",
        ),
        pytest.param(
            run_service(main={"resources": {"limits": {"cpu": "80m", "memory": "512Mi"}, "cpuIdle": True}}),
            id="80m and 512Mi",
        ),
        pytest.param(
            run_service(main={"resources": {"limits": {"cpu": "500m", "memory": "1Gi"}, "cpuIdle": True}}),
            id="500m and 1Gi",
        ),
        pytest.param(
            run_service(main={"resources": {"limits": {"cpu": "1", "memory": "4Gi"}, "cpuIdle": True}}), id="1 and 4Gi"
        ),
        pytest.param(
            run_service(main={"resources": {"limits": {"cpu": "2", "memory": "8Gi"}, "cpuIdle": True}}), id="2 and 8Gi"
        ),
        pytest.param(
            run_service(main={"resources": {"limits": {"cpu": "4", "memory": "2Gi"}, "cpuIdle": True}}), id="4 and 2Gi"
        ),
        pytest.param(
            run_service(main={"resources": {"limits": {"cpu": "4", "memory": "16Gi"}, "cpuIdle": True}}),
            id="4 and 16Gi",
        ),
        pytest.param(
            run_service(main={"resources": {"limits": {"cpu": "6", "memory": "24Gi"}, "cpuIdle": True}}),
            id="6 and 24Gi",
        ),
        pytest.param(
            run_service(main={"resources": {"limits": {"cpu": "8", "memory": "4Gi"}, "cpuIdle": True}}), id="8 and 4Gi"
        ),
        pytest.param(
            run_service(main={"resources": {"limits": {"cpu": "8", "memory": "32Gi"}, "cpuIdle": True}}),
            id="8 and 32Gi",
        ),
        pytest.param(job(), id="a job"),
        pytest.param(gpu_service(), id="a card"),
        pytest.param(run_service(inside={"containers": [run_container(), sidecar()]}), id="a sidecar"),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(R06, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            run_service("bad", main={"resources": {"limits": {"cpu": "0.079", "memory": "128Mi"}, "cpuIdle": True}}),
            "0.079 CPUs are not available",
            id="too little CPU",
        ),
        pytest.param(
            run_service("bad", main={"resources": {"limits": {"cpu": "1.5", "memory": "1Gi"}, "cpuIdle": True}}),
            "1.5 CPUs are not available",
            id="CPU between",
        ),
        pytest.param(
            run_service("bad", main={"resources": {"limits": {"cpu": "3", "memory": "4Gi"}, "cpuIdle": True}}),
            "set its cpu to 4",
            id="three",
        ),
        pytest.param(
            run_service("bad", main={"resources": {"limits": {"cpu": "9", "memory": "4Gi"}, "cpuIdle": True}}),
            "9 CPUs are not available",
            id="too much CPU",
        ),
        pytest.param(
            run_service("bad", main={"resources": {"limits": {"cpu": "80m", "memory": "513Mi"}, "cpuIdle": True}}),
            "513 MiB are too much for 0.08 CPUs",
            id="memory over the least CPU",
        ),
        pytest.param(
            run_service("bad", main={"resources": {"limits": {"cpu": "0.5", "memory": "1025Mi"}, "cpuIdle": True}}),
            "1 025 MiB are too much for 0.5 CPUs",
            id="memory over a half",
        ),
        pytest.param(
            run_service("bad", main={"resources": {"limits": {"cpu": "1", "memory": "4097Mi"}, "cpuIdle": True}}),
            "4 097 MiB are too much for 1 CPU",
            id="memory over one",
        ),
        pytest.param(
            run_service("bad", main={"resources": {"limits": {"cpu": "2", "memory": "8193Mi"}, "cpuIdle": True}}),
            "8 193 MiB are too much",
            id="memory over two",
        ),
        pytest.param(
            run_service("bad", main={"resources": {"limits": {"cpu": "4", "memory": "2047Mi"}, "cpuIdle": True}}),
            "2 047 MiB are too little for 4 CPUs",
            id="memory under four",
        ),
        pytest.param(
            run_service("bad", main={"resources": {"limits": {"cpu": "6", "memory": "4095Mi"}, "cpuIdle": True}}),
            "4 095 MiB are too little",
            id="memory under six",
        ),
        pytest.param(
            run_service("bad", main={"resources": {"limits": {"cpu": "8", "memory": "32769Mi"}, "cpuIdle": True}}),
            "32 769 MiB are too much",
            id="memory over the most",
        ),
        pytest.param(
            run_service("bad", main={"resources": {"limits": {"cpu": "1", "memory": "511Mi"}, "cpuIdle": True}}),
            "511 MiB are too little for 1 CPU",
            id="memory under the least",
        ),
        pytest.param(
            run_service(
                "bad",
                inside={"containers": [run_container(resources={"limits": {"cpu": "8", "memory": "8Gi"}}), sidecar()]},
            ),
            "containers have 8.5 CPUs in total",
            id="sidecars above the greatest",
        ),
        pytest.param(
            job("bad", main={"resources": {"limits": {"cpu": "5", "memory": "4Gi"}}}),
            "5 CPUs are not available",
            id="a job between the steps",
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed_on_run(R06, bad)
