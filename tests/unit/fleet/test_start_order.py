"""Start order: waves, and the cycles that would make one impossible."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.start_order import find_cycle, waves


def test_a_group_comes_one_wave_after_the_latest_it_waits_for() -> None:
    order = {"e": ["d", "a"], "d": ["b", "c"], "c": ["a"], "b": [], "a": []}
    assert waves(order) == {"a": 1, "b": 1, "c": 2, "d": 3, "e": 4}


def test_without_groups_there_are_no_waves() -> None:
    assert waves({}) == {}


def test_groups_of_elsewhere_do_not_count() -> None:
    assert waves({"a": ["on-another-machine"], "b": ["a"]}) == {"a": 1, "b": 2}
    assert find_cycle({"a": ["on-another-machine"]}) == ()


@pytest.mark.parametrize(
    ("order", "cycle"),
    [
        ({"a": ["a"]}, ("a", "a")),
        ({"a": ["b"], "b": ["a"]}, ("a", "b", "a")),
        ({"z": ["a"], "a": ["b"], "b": ["c"], "c": ["a"]}, ("a", "b", "c", "a")),
        ({"a": ["b", "c"], "b": ["c"], "c": []}, ()),
    ],
)
def test_a_cycle_is_shown_closed(order: dict[str, list[str]], cycle: tuple[str, ...]) -> None:
    assert find_cycle(order) == cycle


def test_waves_of_a_cycle_are_refused_with_the_cycle() -> None:
    with pytest.raises(ValueError, match="cycle in start order: a -> b -> a"):
        waves({"a": ["b"], "b": ["a"]})


def test_a_long_chain_needs_no_deep_stack() -> None:
    chain = {f"g{n}": [f"g{n - 1}"] if n else [] for n in range(5000)}
    assert waves(chain)["g4999"] == 5000
    assert find_cycle(chain) == ()
    assert len(find_cycle({**chain, "g0": ["g4999"]})) == 5001


graphs = st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdefx"), max_size=4), max_size=6)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(graphs)
def test_either_every_edge_points_to_an_earlier_wave_or_a_real_cycle_is_shown(order: dict[str, list[str]]) -> None:
    cycle = find_cycle(order)
    if cycle:
        assert cycle[0] == cycle[-1]
        assert all(second in order[first] for first, second in pairwise(cycle))
    else:
        wave = waves(order)
        assert wave.keys() == order.keys()
        assert all(wave[after] < wave[group] for group in order for after in order[group] if after in order)
