"""G02 vram-declared."""

from __future__ import annotations

from typing import Any

import pytest

from fleet.labels import GPU_CARD, GPU_LIMIT_MIB, GPU_PROCESSES, GPU_REQUEST_MIB
from policy.engine.catalogue import rule
from tests.policy.builders import (
    GPU_REQUEST,
    container,
    foreign_container,
    gpu_container,
    judged,
    mps_daemon,
    violation,
)
from tests.policy.cloudrun_builders import blamed_on_run, gpu_service
from tests.policy.kubernetes_builders import blamed, foreign_pod, gpu_workload

G02 = rule("G02")


def test_it_holds_with_a_whole_budget() -> None:
    assert judged(G02, gpu_container()) == {}


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param({}, id="no device"),
        pytest.param({"gpus": ""}, id="an empty request"),
        pytest.param({"deviceRequests": []}, id="no request"),
        pytest.param({"deviceRequests": [{"driver": "cdi", "deviceIds": ["vendor.com/nic=0"]}]}, id="another device"),
    ],
)
def test_it_holds_without_a_gpu(properties: dict[str, Any]) -> None:
    assert judged(G02, container(**properties)) == {}


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param({"gpus": "all"}, id="all cards"),
        pytest.param({"gpus": "device=0"}, id="one card by index"),
        pytest.param({"deviceRequests": [GPU_REQUEST]}, id="a device request"),
        pytest.param({"deviceRequests": [{"driver": "cdi", "deviceIds": ["nvidia.com/gpu=0"]}]}, id="a CDI name"),
        pytest.param({"deviceRequests": [{"count": -1.0}]}, id="every device of the default driver"),
    ],
)
def test_it_fails_when_given(properties: dict[str, Any]) -> None:
    message = violation(G02, foreign_container(**properties))
    assert "gpu is set, but labels lack fleet.gpu.card, fleet.gpu.request-mib" in message
    assert "add these labels" in message


@pytest.mark.parametrize("label", [GPU_REQUEST_MIB, GPU_LIMIT_MIB, GPU_PROCESSES])
@pytest.mark.parametrize("value", [pytest.param("", id="empty"), pytest.param("0", id="zero"), "lots", "-5"])
def test_a_figure_that_says_nothing_is_missing(label: str, value: str) -> None:
    message = violation(G02, gpu_container(tags={label: value}))
    assert f"labels lack {label}," in message
    assert "add containers.main.gpu" in message


def test_a_card_without_a_name_is_missing() -> None:
    assert f"labels lack {GPU_CARD}," in violation(G02, gpu_container(tags={GPU_CARD: ""}))


def test_an_mps_daemon_takes_nothing_for_itself() -> None:
    assert judged(G02, mps_daemon()) == {}


def test_the_label_of_a_daemon_alone_lets_nobody_out() -> None:
    assert "labels lack fleet.gpu.request-mib" in violation(G02, mps_daemon(command=["python3", "-m", "miner"]))


def test_on_a_cluster_it_holds_with_a_budget_and_no_card() -> None:
    assert judged(G02, gpu_workload()) == {}


def test_on_a_cluster_it_fails_without_a_part_of_it() -> None:
    tags = {GPU_PROCESSES: "0"}
    assert "labels lack fleet.gpu.processes" in blamed(G02, gpu_workload("bad", tags))


@pytest.mark.parametrize(
    "resource", ["nvidia.com/gpu", "nvidia.com/gpu.shared", "nvidia.com/mig-1g.5gb", "amd.com/gpu"]
)
def test_on_a_cluster_it_fails_with_a_pod_of_no_group_that_asks_for(resource: str) -> None:
    message = blamed(G02, foreign_pod(resources={"limits": {resource: 1}}))
    assert "labels lack fleet.gpu.request-mib, fleet.gpu.limit-mib, fleet.gpu.processes" in message
    assert "fleet.local/<container>.gpu.request-mib" in message


def test_on_cloud_run_it_holds_and_fails_alike() -> None:
    bad = gpu_service("bad", inside={"annotations": None})
    assert judged(G02, gpu_service()) == {}
    assert "gpu is set, but labels lack" in blamed_on_run(G02, bad)
