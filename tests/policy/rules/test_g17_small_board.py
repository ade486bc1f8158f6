"""G17 small-board."""

from __future__ import annotations

from typing import Any

import pytest

from fleet.labels import GPU_CARD, IMAGE_PLATFORMS
from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import card, container, gpu_container, image, judged, machine, violation

G17 = rule("G17")


def _board(**changes: Any) -> Registered:
    return machine("edge", **{"deviceClass": "single-board-computer", "arch": "arm64", "gpus": {}, **changes})


def test_it_fails_for_a_board_with_a_card() -> None:
    message = violation(G17, _board(gpus={"gpu0": card()}))
    assert "cards holds gpu0, but edge is a single-board-computer" in message
    assert "correct machine.class" in message


def test_a_card_in_the_boards_memory_is_its_own() -> None:
    jetson = _board(gpus={"gpu0": card(unified=True), "gpu1": card()})
    found = judged(G17, jetson, gpu_container("eyes"), gpu_container("other", {GPU_CARD: "gpu0,gpu1"}))
    assert "set unified: true if the board has a GPU in its main memory" in found["edge"]
    assert "gpu0" not in found["edge"]
    assert sorted(found) == ["edge", "other"]


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(gpu_container("bad"), "gpu requests", id="a device request"),
        pytest.param(container("bad", runtime="nvidia"), "gpu_runtime requests", id="the runtime"),
        pytest.param(container("bad", devices=[{"hostPath": "/dev/nvidia0"}]), "devices requests", id="a device file"),
        pytest.param(gpu_container("bad", deviceRequests=[]), "labels requests", id="a budget alone"),
    ],
)
def test_it_fails_on_a_board_for(bad: Registered, says: str) -> None:
    message = violation(G17, bad, _board())
    assert f"{says} a GPU" in message


@pytest.mark.parametrize("platforms", ["amd64", "linux/amd64"])
@pytest.mark.parametrize("arch", ["arm64", None])
def test_it_fails_for_an_image_that_is_for_another_processor(platforms: str, arch: str | None) -> None:
    message = violation(G17, container("bad", {IMAGE_PLATFORMS: platforms}), _board(arch=arch))
    assert "image is for amd64 only, but edge is arm64" in message


@pytest.mark.parametrize("platforms", ["arm64", "amd64,arm64", "linux/amd64, linux/arm64", ""])
def test_it_holds_for_an_image_for(platforms: str) -> None:
    assert judged(G17, container(tags={IMAGE_PLATFORMS: platforms}), _board()) == {}


@pytest.mark.parametrize(("platform", "holds"), [("linux/amd64", False), ("linux/arm64/v8", True)])
def test_it_reads_what_the_image_is_built_for(platform: str, holds: bool) -> None:
    built = image("built", imageName="fleet.local/own:1", build={"platform": platform})
    assert (judged(G17, container(image="fleet.local/own:1"), built, _board()) == {}) is holds


def test_a_board_of_another_processor_takes_images_for_that() -> None:
    assert judged(G17, container(tags={IMAGE_PLATFORMS: "amd64"}), _board(arch="amd64")) == {}


@pytest.mark.parametrize("device_class", ["gaming-pc", "embedded", ""])
def test_it_says_nothing_of_a_machine_of_class(device_class: str) -> None:
    other = machine(deviceClass=device_class, arch="amd64")
    assert judged(G17, gpu_container(tags={IMAGE_PLATFORMS: "amd64"}), other) == {}
