"""G04 enforcement-stated."""

from __future__ import annotations

import pytest

from fleet.labels import GPU_ENFORCEMENT, GPU_REQUEST_MIB
from policy.catalogue import rule
from tests.policy.builders import (
    GPU_REQUEST,
    container,
    foreign_container,
    gpu_container,
    judged,
    mps_daemon,
    violation,
)

G04 = rule("G04")


@pytest.mark.parametrize("word", ["advisory", "framework", "mps", "exclusive"])
def test_it_holds_with(word: str) -> None:
    assert judged(G04, gpu_container(tags={GPU_ENFORCEMENT: word})) == {}


def test_it_holds_without_a_gpu() -> None:
    assert judged(G04, container()) == {}


def test_it_fails_with_a_word_nobody_knows() -> None:
    message = violation(G04, gpu_container(tags={GPU_ENFORCEMENT: "hope"}))
    assert 'label fleet.gpu.enforcement is "hope"' in message
    assert "set containers.main.gpu.enforcement to one of advisory, framework, mps, exclusive" in message


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
