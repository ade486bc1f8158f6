"""G10 gpu-by-uuid."""

from __future__ import annotations

from typing import Any

import pytest

from fleet.labels import GPU_CARD
from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import GPU_REQUEST, card, foreign_container, gpu_container, judged, machine, violation

G10 = rule("G10")
UUID = "GPU-5b1f6f2c-7d3a-4e8e-9b1c-2f4d6a8c0e12"
OTHER = "GPU-0d9e8f7a-6b5c-4d3e-2f1a-0b9c8d7e6f50"


def _two(first: str = UUID, second: str = OTHER) -> Registered:
    return machine(gpus={"gpu0": card(device=first), "gpu1": card(device=second)})


@pytest.mark.parametrize("device", ["1", "nvidia.com/gpu=1"])
def test_it_fails_where_one_of_several_cards_is_named_by(device: str) -> None:
    message = violation(G10, _two(second=device))
    assert f'cards names gpu1 of mainpc by "{device}"' in message
    assert "set machine.gpus.gpu1.device to the UUID" in message


@pytest.mark.parametrize("device", [OTHER, f"nvidia.com/gpu={OTHER}", ""])
def test_it_holds_where_the_other_card_is(device: str) -> None:
    assert judged(G10, _two(second=device), gpu_container(deviceRequests=[{**GPU_REQUEST, "deviceIds": [UUID]}])) == {}


def test_a_machine_with_one_card_has_nothing_to_confuse() -> None:
    assert judged(G10, machine(gpus={"gpu0": card(device="0")}), gpu_container()) == {}


def test_a_machines_card_is_reported_once_and_not_for_each_container() -> None:
    assert list(judged(G10, _two(first="0"), gpu_container("a"), gpu_container("b"))) == ["mainpc"]


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({"deviceRequests": [{**GPU_REQUEST, "deviceIds": ["1"]}]}, id="a device request"),
        pytest.param({"gpus": "device=1"}, id="the short form"),
        pytest.param({"gpus": '"device=1"'}, id="the short form in quotes"),
        pytest.param({"envs": ["NVIDIA_VISIBLE_DEVICES=1"]}, id="the environment"),
    ],
)
def test_it_fails_for_a_container_that_names_a_card_by_index_in(asked: dict[str, Any]) -> None:
    assert 'gpu_ids holds "1"' in violation(G10, foreign_container(**asked), _two())


@pytest.mark.parametrize(
    "asked", [{"gpus": "all"}, {"gpus": f"device={UUID}"}, {"envs": ["NVIDIA_VISIBLE_DEVICES=all"]}]
)
def test_it_says_nothing_of_a_container_with(asked: dict[str, Any]) -> None:
    assert judged(G10, foreign_container(**asked), _two()) == {}


def test_a_container_on_another_card_than_its_budgets_is_reported() -> None:
    bad = gpu_container("bad", {GPU_CARD: "gpu1"})
    assert 'gpu_ids holds "0"' in violation(G10, bad, _two())


def test_a_container_over_both_cards_is_on_its_budgets() -> None:
    both = gpu_container("wide", {GPU_CARD: "gpu0,gpu1"}, deviceRequests=[{**GPU_REQUEST, "deviceIds": ["0", "1"]}])
    assert list(judged(G10, _two(first="0", second="1"), both)) == ["mainpc"]


def test_a_card_of_another_maker_has_no_uuid() -> None:
    cards = {f"gpu{index}": card(device=str(index), vendor="amd", mps=False) for index in range(2)}
    assert judged(G10, machine(gpus=cards)) == {}
