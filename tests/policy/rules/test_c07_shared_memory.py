"""C07 shared-memory."""

from __future__ import annotations

from typing import Any

import pytest

from fleet import labels
from policy.core.verdict import Kind
from policy.engine.catalogue import rule
from policy.views.registered import UNKNOWN
from tests.policy.builders import (
    GPU_REQUEST,
    container,
    foreign_container,
    gpu_container,
    judged,
    mps_daemon,
    verdicts,
    violation,
)
from tests.policy.kubernetes_builders import blamed, gpu_workload, workload

C07 = rule("C07")
TORCH = {labels.SHARED_MEMORY_FOR: "sentence-transformers,torch"}
SHARED_VOLUME = [{"type": "volume", "source": "mainpc-gpu-sharing-gpu0", "target": "/dev/shm"}]


def _mounted(kind: dict[str, Any], path: str = "/dev/shm") -> dict[str, Any]:
    return {"pod": {"volumes": [{"name": "shm", **kind}]}, "volumeMounts": [{"name": "shm", "mountPath": path}]}


def _memory(**options: str) -> dict[str, Any]:
    return _mounted({"emptyDir": {"medium": "Memory", **options}})


class TestOnDocker:
    """By the size of /dev/shm, or by what is mounted there."""

    @pytest.mark.parametrize(
        "registered",
        [
            pytest.param(container(), id="neither a GPU nor such a library"),
            pytest.param(gpu_container(shmSize=128), id="a GPU, and exactly the bound"),
            pytest.param(gpu_container(shmSize=1024.0), id="an engine's float"),
            pytest.param(
                gpu_container(mounts=SHARED_VOLUME, shmSize=None), id="a volume that several containers share"
            ),
            pytest.param(container(tags=TORCH, shmSize=512), id="a library that shares"),
            pytest.param(mps_daemon(), id="an MPS daemon"),
            pytest.param(gpu_container(ipcMode="host", shmSize=None), id="the host's memory"),
        ],
    )
    def test_it_holds_with(self, registered: Any) -> None:
        assert judged(C07, registered) == {}

    @pytest.mark.parametrize(
        ("registered", "says"),
        [
            pytest.param(
                gpu_container(shmSize=None), "not set, so it defaults to 64 MiB, and what runs on its GPU", id="a GPU"
            ),
            pytest.param(container(tags=TORCH), "sentence-transformers, torch shares data", id="a library"),
            pytest.param(container(tags=TORCH, shmSize=64), "shared_memory_mib is 64 MiB", id="the default, stated"),
        ],
    )
    def test_it_fails_with(self, registered: Any, says: str) -> None:
        message = violation(C07, registered)
        assert says in message
        assert "set containers.main.shared_memory" in message

    def test_another_programs_container_with_a_gpu_is_judged_too(self) -> None:
        assert "shm size" in judged(C07, foreign_container(deviceRequests=[GPU_REQUEST]))["foreign"]

    def test_a_size_that_is_not_known_yet_is_no_violation(self) -> None:
        (notice,) = verdicts(C07, gpu_container(shmSize=UNKNOWN))
        assert notice.kind is Kind.UNKNOWN

    def test_the_bound_is_a_setting(self) -> None:
        assert judged(C07, gpu_container(shmSize=100), at_least_mib=100) == {}


class TestOnACluster:
    """By memory that is mounted at /dev/shm."""

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param(_memory(sizeLimit="1Gi"), id="with a size"),
            pytest.param(_memory(), id="up to its own limit of memory"),
            pytest.param(_mounted({"emptyDir": {"medium": "Memory", "sizeLimit": "1Gi"}}, "/dev/shm/"), id="a slash"),
        ],
    )
    def test_it_holds_with(self, changes: dict[str, Any]) -> None:
        assert judged(C07, gpu_workload(**changes)) == {}

    def test_it_holds_without_a_gpu_or_such_a_library(self) -> None:
        assert judged(C07, workload()) == {}

    @pytest.mark.parametrize(
        ("changes", "says"),
        [
            pytest.param({"volumeMounts": []}, "not set, so it defaults to 64 MiB", id="nothing mounted there"),
            pytest.param(_memory(sizeLimit="64Mi"), "is 64 MiB", id="no more than the default"),
            pytest.param(_mounted({"emptyDir": {}}), "on disk and not in memory", id="a disk"),
        ],
    )
    def test_it_fails_with(self, changes: dict[str, Any], says: str) -> None:
        assert says in blamed(C07, gpu_workload(**changes))

    def test_a_library_that_shares_is_reported_too(self) -> None:
        assert "torch" in blamed(C07, workload(tags=TORCH))
