"""The arithmetic of GPU memory that plans and policies share."""

from __future__ import annotations

import pytest

from fleet.gpu_memory import share_label, unplaced, with_contexts


@pytest.mark.parametrize(
    ("sizes", "cards"), [([], 0), ([5, 5], 1), ([6, 5], 2), ([6, 6, 4, 4], 2), ([10], 1), ([6] * 100, 100)]
)
def test_cards_are_filled_largest_first(sizes: list[int], cards: int) -> None:
    assert unplaced(sizes, capacity=10, cards=cards) == 0
    assert unplaced(sizes, capacity=10, cards=cards - 1) > 0 or not cards


def test_what_no_card_holds_is_left_and_the_others_are_placed() -> None:
    assert unplaced([11, 6, 4], capacity=10, cards=1) == 1


def test_a_sidecars_share_bears_its_groups_name_too() -> None:
    assert (share_label("brain", "main"), share_label("brain", "eyes")) == ("brain", "brain/eyes")


def test_each_process_costs_a_context() -> None:
    assert with_contexts(1000, 3, 300) == 1900
