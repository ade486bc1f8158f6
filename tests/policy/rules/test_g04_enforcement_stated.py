"""G04 enforcement-stated."""

from __future__ import annotations

import pytest

from fleet.labels import GPU_ENFORCEMENT, GPU_REQUEST_MIB
from policy.engine.catalogue import rule
from policy.views.registered import Registered
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
from tests.policy.kubernetes_builders import blamed, gpu_workload

G04 = rule("G04")


@pytest.mark.parametrize("word", ["advisory", "framework", "mps", "exclusive"])
def test_it_holds_with(word: str) -> None:
    assert judged(G04, gpu_container(tags={GPU_ENFORCEMENT: word})) == {}


def test_it_fails_with_hami_on_a_daemon() -> None:
    assert "only works on a cluster" in violation(G04, gpu_container(tags={GPU_ENFORCEMENT: "hami-core"}))


def test_it_holds_without_a_gpu() -> None:
    assert judged(G04, container()) == {}


def test_it_fails_with_a_word_nobody_knows() -> None:
    message = violation(G04, gpu_container(tags={GPU_ENFORCEMENT: "hope"}))
    assert 'label fleet.gpu.enforcement is "hope"' in message
    assert "set containers.main.gpu.enforcement to one of advisory, framework, mps, hami-core, exclusive" in message


def test_it_fails_when_a_gpu_is_given_and_nothing_is_said() -> None:
    assert "is not set" in violation(G04, foreign_container(deviceRequests=[GPU_REQUEST]))


def test_it_fails_when_a_budget_is_stated_without_it() -> None:
    assert "is not set" in violation(G04, container(tags={GPU_REQUEST_MIB: "1024"}))


@pytest.mark.parametrize(("word", "holds"), [("advisory", False), ("framework", True), ("mps", True)])
def test_in_production_something_must_enforce_it(word: str, holds: bool) -> None:
    found = judged(G04, gpu_container(tags={GPU_ENFORCEMENT: word}), production=True)
    assert (found == {}) is holds


def test_an_mps_daemon_enforces_on_others() -> None:
    assert judged(G04, mps_daemon()) == {}
    assert "is not set" in violation(G04, mps_daemon(command=["python3"]))


def _asking(word: str, **resources: int) -> Registered:
    names = {"whole": "nvidia.com/gpu", "shared": "nvidia.com/gpu.shared", "mib": "nvidia.com/gpumem"}
    limits = {names[key]: count for key, count in resources.items()}
    return gpu_workload("bad", {GPU_ENFORCEMENT: word}, resources={"limits": limits} if limits else None)


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(_asking("exclusive", whole=1), id="a whole device"),
        pytest.param(_asking("mps", shared=1), id="MPS on a shared one"),
        pytest.param(_asking("framework", shared=1), id="the framework's own word on a shared one"),
        pytest.param(_asking("framework", whole=1, mib=8192), id="the framework's own word on an amount"),
        pytest.param(_asking("advisory", whole=1), id="nothing, and said so"),
        pytest.param(_asking("hami-core", whole=1, mib=8192), id="HAMi on an amount"),
    ],
)
def test_on_a_cluster_it_holds_with(good: Registered) -> None:
    assert judged(G04, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            _asking("exclusive", shared=1), "it requests nvidia.com/gpu.shared, which others share", id="shared"
        ),
        pytest.param(
            _asking("exclusive", whole=1, mib=8192),
            "nvidia.com/gpu and nvidia.com/gpumem, which others share",
            id="part",
        ),
        pytest.param(_asking("mps", whole=1), "which MPS does not share", id="MPS on a whole device"),
        pytest.param(_asking("exclusive"), "it requests no GPU", id="no GPU at all"),
        pytest.param(
            _asking("hami-core", whole=1), "no nvidia.com/gpumem, so HAMi has no limit", id="HAMi without one"
        ),
        pytest.param(_asking("hope", whole=1), "not a known enforcement", id="a word nobody knows"),
    ],
)
def test_on_a_cluster_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(G04, bad)


def test_on_cloud_run_it_holds_and_fails_alike() -> None:
    bad = gpu_service("bad", inside={"annotations": None})
    assert judged(G04, gpu_service()) == {}
    assert "is not set, so it is unknown" in blamed_on_run(G04, bad)
