"""R05 gpu-can-run."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.cloudrun_builders import (
    GPU_LIMITS,
    blamed_on_run,
    gpu_service,
    run_container,
    run_service,
    sidecar,
    worker_pool,
)

R05 = rule("R05")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(run_service(), id="no card"),
        pytest.param(gpu_service(), id="the least"),
        pytest.param(
            gpu_service(
                inside={"nodeSelector": {"accelerator": "nvidia-rtx-pro-6000"}},
                main={"resources": {"limits": {**GPU_LIMITS, "cpu": "20", "memory": "80Gi"}, "cpuIdle": False}},
            ),
            id="the large card",
        ),
        pytest.param(gpu_service(location="us-central1"), id="a region by invitation"),
        pytest.param(
            worker_pool(
                main={"resources": {"limits": GPU_LIMITS}},
                template={
                    "nodeSelector": {"accelerator": "nvidia-l4"},
                    "containers": [run_container(resources={"limits": GPU_LIMITS})],
                },
            ),
            id="a worker pool",
        ),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(R05, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            gpu_service("bad", main={"resources": {"limits": {**GPU_LIMITS, "cpu": "2"}, "cpuIdle": False}}),
            "containers have 2 CPUs, but nvidia-l4 requires 4",
            id="too little CPU",
        ),
        pytest.param(
            gpu_service("bad", main={"resources": {"limits": {**GPU_LIMITS, "memory": "16383Mi"}, "cpuIdle": False}}),
            "containers have 16 383 MiB, but nvidia-l4 requires 16 384 MiB",
            id="too little memory",
        ),
        pytest.param(
            gpu_service("bad", location="europe-north1"),
            'region is "europe-north1", which has no nvidia-l4',
            id="a region without",
        ),
        pytest.param(
            gpu_service("bad", inside={"nodeSelector": {"accelerator": "nvidia-rtx-pro-6000"}}),
            "containers have 4 CPUs, but nvidia-rtx-pro-6000 requires 20",
            id="the large card in a small instance",
        ),
        pytest.param(
            gpu_service("bad", inside={"nodeSelector": {"accelerator": "nvidia-h100"}}),
            'accelerator is "nvidia-h100", which is no known card',
            id="a card that is none",
        ),
        pytest.param(gpu_service("bad", inside={"nodeSelector": None}), "accelerator is not set", id="no card named"),
        pytest.param(
            gpu_service("bad", main={"resources": {"limits": GPU_LIMITS, "cpuIdle": True}}),
            "cpu_idle is true",
            id="billing by request",
        ),
        pytest.param(
            gpu_service("bad", main={"resources": {"limits": {**GPU_LIMITS, "nvidia.com/gpu": "2"}, "cpuIdle": False}}),
            "gpus are requested by main 2",
            id="two cards",
        ),
        pytest.param(
            gpu_service("bad", main={"resources": {"limits": {"cpu": "4", "memory": "16Gi"}, "cpuIdle": False}}),
            "gpus are requested by nobody",
            id="a card that nobody holds",
        ),
        pytest.param(
            gpu_service(
                "bad",
                inside={
                    "containers": [
                        run_container(resources={"limits": GPU_LIMITS, "cpuIdle": False}),
                        sidecar(resources={"limits": GPU_LIMITS}),
                    ]
                },
            ),
            "gpus are requested by main 1 and meter 1",
            id="two holders",
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed_on_run(R05, bad)
