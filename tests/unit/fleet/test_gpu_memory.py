"""The arithmetic of GPU memory that plans and policies share."""

from __future__ import annotations

import pytest

from fleet.gpu_memory import AMOUNTS_MAX, Amount, PoolShare, share_label, unplaced, with_contexts


@pytest.mark.parametrize(
    ("sizes", "cards"), [([], 0), ([5, 5], 1), ([6, 5], 2), ([6, 6, 4, 4], 2), ([10], 1), ([6] * 100, 100)]
)
def test_cards_are_filled_largest_first(sizes: list[int], cards: int) -> None:
    copies = [Amount(size, 1) for size in sizes]
    for per_node in (1, 2):
        nodes = -(-cards // per_node)
        assert unplaced(copies, capacity=10, nodes=nodes, per_node=per_node) == 0
    assert unplaced(copies, capacity=10, nodes=cards - 1, per_node=1) > 0 or not cards


def test_what_no_card_holds_is_left_and_the_others_are_placed() -> None:
    assert unplaced([Amount(11, 1), Amount(6, 1), Amount(4, 1)], capacity=10, nodes=1, per_node=1) == 1


def test_a_copy_takes_all_its_cards_of_one_node() -> None:
    def left(*copies: tuple[int, int], nodes: int, per_node: int) -> int:
        return unplaced([Amount(*copy) for copy in copies], 10, nodes, per_node)

    assert left((10, 2), (10, 2), nodes=2, per_node=3) == 0
    assert left((10, 2), (10, 2), (10, 2), nodes=2, per_node=3) == 1
    assert left((10, 2), (10, 1), (10, 1), (10, 2), nodes=2, per_node=3) == 0
    assert left((6, 2), (4, 2), (4, 1), nodes=1, per_node=2) == 1
    assert left((1, 3), nodes=9, per_node=2) == 1


def test_a_sidecars_share_bears_its_groups_name_too() -> None:
    assert (share_label("brain", "main"), share_label("brain", "eyes")) == ("brain", "brain/eyes")


def test_each_process_costs_a_context() -> None:
    assert with_contexts(1000, 3, 300) == 1900


def test_a_share_of_a_pool_is_an_amount_per_card_of_each_copy() -> None:
    share = PoolShare("brain", 1000, copies_min=2, copies_max=3, devices=4)
    assert share.amounts(share.copies_max) == [Amount(1000, 4)] * 3
    assert share.total_mib == 8000


def test_absurd_replicas_are_not_placed_one_by_one() -> None:
    share = PoolShare("brain", 1000, copies_min=10**9, copies_max=10**9, devices=10**9)
    assert len(share.amounts(share.copies_max)) == AMOUNTS_MAX


def test_a_pool_may_state_any_number_of_cards() -> None:
    """Cards that nothing is on take no memory."""
    many = 10**12
    assert unplaced([Amount(1, 1)] * 4096, 24_576, many, many) == 0
    assert unplaced([Amount(1, many)], 24_576, many, many) == 0
    assert unplaced([Amount(24_577, 1)], 24_576, many, many) == 1
