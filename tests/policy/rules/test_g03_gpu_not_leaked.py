"""G03 gpu-not-leaked."""

from __future__ import annotations

from typing import Any

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import container, gpu_container, judged, violation
from tests.policy.kubernetes_builders import blamed, gpu_workload, secure, workload

G03 = rule("G03")


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param({}, id="nothing said"),
        pytest.param({"envs": ["NVIDIA_VISIBLE_DEVICES=void"]}, id="void"),
        pytest.param({"envs": ["NVIDIA_VISIBLE_DEVICES=none"]}, id="none"),
        pytest.param({"envs": ["NVIDIA_VISIBLE_DEVICES="]}, id="an empty value"),
        pytest.param({"runtime": "nvidia", "envs": ["NVIDIA_VISIBLE_DEVICES=void"]}, id="its runtime, and void"),
        pytest.param({"devices": [{"hostPath": "/dev/snd"}]}, id="another device"),
        pytest.param({"runtime": "runc"}, id="the usual runtime"),
    ],
)
def test_it_holds_with(properties: dict[str, Any]) -> None:
    assert judged(G03, container(**properties)) == {}


@pytest.mark.parametrize(
    ("properties", "says"),
    [
        pytest.param({"envs": ["NVIDIA_VISIBLE_DEVICES=all"]}, 'env NVIDIA_VISIBLE_DEVICES is "all"', id="all cards"),
        pytest.param({"envs": ["NVIDIA_VISIBLE_DEVICES=0"]}, 'env NVIDIA_VISIBLE_DEVICES is "0"', id="one card"),
        pytest.param({"devices": [{"hostPath": "/dev/nvidia0"}]}, 'devices holds "/dev/nvidia0"', id="a device file"),
        pytest.param(
            {"devices": [{"hostPath": "/dev//nvidiactl"}]}, 'devices holds "/dev//nvidiactl"', id="a way round"
        ),
        pytest.param({"runtime": "nvidia"}, "gpu_runtime is NVIDIA's", id="a runtime that asks the image"),
    ],
)
def test_it_fails_with(properties: dict[str, Any], says: str) -> None:
    message = violation(G03, container(**properties))
    assert says in message
    assert "without a GPU budget" in message
    assert "add containers.main.gpu" in message


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param({"envs": ["NVIDIA_VISIBLE_DEVICES=all"]}, id="the variable"),
        pytest.param({"devices": [{"hostPath": "/dev/nvidia0"}]}, id="a device file"),
        pytest.param({"runtime": "nvidia"}, id="the runtime"),
    ],
)
def test_a_budget_allows(properties: dict[str, Any]) -> None:
    assert judged(G03, gpu_container(**properties)) == {}


def test_the_device_files_of_any_maker_are_cards() -> None:
    for path in ("/dev/kfd", "/dev/dri", "/dev/dri/renderD128", "/dev/dri/card0", "/dev/../dev/dri/x", "/dev/dxg"):
        bad = container("bad", devices=[{"hostPath": path}])
        assert f'devices holds "{path}" without a GPU budget' in violation(G03, bad), path
        assert judged(G03, gpu_container(deviceRequests=[], devices=[{"hostPath": path}])) == {}, path
    for path in ("/dev/drives", "/dev/snd", "/dev/kfd0", "/dev/video0"):
        assert judged(G03, container(devices=[{"hostPath": path}])) == {}, path


DEVICE = {"volumes": [{"name": "tmp", "hostPath": {"path": "/dev/nvidia0"}}]}


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="nothing said"),
        pytest.param(workload(env=[{"name": "NVIDIA_VISIBLE_DEVICES", "value": "void"}]), id="void"),
        pytest.param(gpu_workload(), id="a card as a resource, with a budget"),
        pytest.param(gpu_workload(pod={"runtimeClassName": "nvidia"}), id="NVIDIA's runtime for a card that was asked"),
    ],
)
def test_on_a_cluster_it_holds_with(good: Registered) -> None:
    assert judged(G03, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(workload(env=[{"name": "NVIDIA_VISIBLE_DEVICES", "value": "all"}]), 'is "all"', id="all by name"),
        pytest.param(
            workload(pod={"runtimeClassName": "nvidia"}), "gpu_runtime is NVIDIA's", id="NVIDIA's runtime alone"
        ),
        pytest.param(workload(pod=DEVICE), 'devices holds "/dev/nvidia0"', id="a device of the node"),
        pytest.param(workload(securityContext=secure(privileged=True)), "every GPU of its node", id="privileges"),
        pytest.param(
            gpu_workload(env=[{"name": "NVIDIA_VISIBLE_DEVICES", "value": "all"}]),
            "overrides the card that the scheduler chose",
            id="all by name, past its budget",
        ),
        pytest.param(
            gpu_workload(pod=DEVICE),
            "bypassing the card that the scheduler chose",
            id="a device of the node, past its budget",
        ),
        pytest.param(
            gpu_workload(securityContext=secure(privileged=True)),
            "every GPU of its node",
            id="privileges with a budget",
        ),
    ],
)
def test_on_a_cluster_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(G03, bad)
