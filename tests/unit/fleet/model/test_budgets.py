"""The cards of a GPU budget: what a file may say."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from fleet.model import GpuBudget
from fleet.model.base import BreachesError


def _budget(**changes: Any) -> GpuBudget:
    return GpuBudget.model_validate({"request": "1GiB", "limit": "2GiB", "enforcement": "framework", **changes})


def test_cards_are_a_number_all_or_names() -> None:
    for changes, count, named in (
        ({}, 1, ()),
        ({"card": "gpu0"}, 1, ("gpu0",)),
        ({"cards": 1}, 1, ()),
        ({"cards": 16}, 16, ()),
        ({"cards": "all"}, None, ()),
        ({"cards": ["gpu0"]}, 1, ("gpu0",)),
        ({"cards": ["gpu1", "gpu0"]}, 2, ("gpu1", "gpu0")),
    ):
        budget = _budget(**changes)
        assert (budget.count, budget.named) == (count, named), changes


def test_anything_else_is_refused() -> None:
    for cards, said in (
        (0, "0 cards cannot be used; write a number from 1 to 16"),
        (17, "17 cards cannot be used"),
        (-1, "-1 cards cannot be used"),
        (True, "is no number of cards; write a number, all, or a list of cards like [gpu0, gpu1]"),
        (2.0, "is no number of cards"),
        ("2", "is no number of cards"),
        ("ALL", "is no number of cards"),
        ("gpu0", "is no number of cards"),
        ([], "is no number of cards"),
        (None, "is no number of cards"),
        ({"gpu0": 1}, "is no number of cards"),
        (["gpu0", "gpu0"], "lists gpu0 twice; keep one"),
        ([0, 1], "0 is no name of a card; use a key of machine.gpus, such as gpu0"),
        (["GPU 0"], "is no name of a card"),
        ([["gpu0"]], "is no name of a card"),
    ):
        with pytest.raises((ValidationError, BreachesError)) as refusal:
            _budget(cards=cards)
        assert said in str(refusal.value), cards


def test_card_and_cards_exclude_each_other() -> None:
    for cards in (1, 2, "all", ["gpu0"]):
        with pytest.raises(ValidationError) as refusal:
            _budget(card="gpu0", cards=cards)
        assert "cards: card and cards are both set; keep card for one, or cards for several" in str(refusal.value)


def test_a_limit_holds_a_block_of_each_process() -> None:
    for limit, processes, taken in (("20MiB", 1, True), ("19MiB", 1, False), ("60MiB", 3, True), ("59MiB", 3, False)):
        changes = {"request": "1MiB", "limit": limit, "processes": processes}
        if taken:
            assert _budget(**changes).processes == processes
            continue
        with pytest.raises(ValidationError, match="below 20 MiB a process, one block of PyTorch's allocator; raise it"):
            _budget(**changes)


def test_the_parts_of_the_driver() -> None:
    assert _budget().capabilities == ("compute", "utility")
    assert _budget(capabilities=["video"]).capabilities == ("video",)
    for wrong in ([], ["all"], ["video", "video"], "video", ["gpu"], ["Compute"], [1]):
        with pytest.raises((ValidationError, BreachesError)):
            _budget(capabilities=wrong)
