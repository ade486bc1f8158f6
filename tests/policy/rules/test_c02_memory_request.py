"""C02 memory-request."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.kubernetes_builders import blamed, gpu_workload, workload

C02 = rule("C02")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="a request"),
        pytest.param(workload(resources={"limits": {"memory": "1Gi"}}), id="a limit, which stands for the request"),
        pytest.param(gpu_workload(), id="a request of the limit, with a GPU"),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(C02, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(workload(resources=None), "memory_request_mib is not set", id="none"),
        pytest.param(workload(resources={"requests": {"memory": "0"}}), "memory_request_mib is not set", id="zero"),
        pytest.param(
            gpu_workload(resources={"limits": {"memory": "8Gi", "nvidia.com/gpu": 1}, "requests": {"memory": "1Gi"}}),
            "memory_request_mib is 1024 of 8192 on a container with a GPU",
            id="less than the limit, with a GPU",
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(C02, bad)
