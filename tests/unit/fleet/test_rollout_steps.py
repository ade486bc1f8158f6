"""How a new version takes over on a cluster: the old pod goes first where it holds what the new one needs."""

from __future__ import annotations

from typing import Any

import pytest

from fleet.model import RolloutStrategy
from fleet.targets.features import Feature
from tests.trial_cluster import group_of, trial

SHELF: dict[str, Any] = {
    "volumes": {"shelf": {}},
    "containers": {"main": {"mounts": {"shelf": {"path": "/data"}}}},
}


def test_a_pod_that_holds_a_volume_of_its_own_stops_before_its_successor_starts() -> None:
    plan = trial(groups={"left": SHELF})
    assert group_of(plan, "left").operation.rollout.strategy is RolloutStrategy.RECREATE
    assert plan.degradations[Feature.ROLLING_WITH_A_VOLUME] == ("left",)


@pytest.mark.parametrize(
    ("group", "nodes"),
    [
        pytest.param({}, 2, id="it has no volume"),
        pytest.param({**SHELF, "volumes": {"shelf": {"kind": "scratch"}}}, 2, id="its volume goes with the pod"),
        pytest.param({**SHELF, "rollout": {"surge": 0, "unavailable": 1}}, 2, id="no copy is added"),
        pytest.param(SHELF, 1, id="there is one node"),
    ],
)
def test_any_other_group_rolls_as_it_says(group: dict[str, Any], nodes: int) -> None:
    pools: dict[str, Any] = {"cards": {"nodes": nodes}, **({"general": None} if nodes == 1 else {})}
    plan = trial(groups={"left": group}, machine={"cluster": {"node_pools": pools}})
    assert group_of(plan, "left").operation.rollout.strategy is RolloutStrategy.ROLLING
    assert Feature.ROLLING_WITH_A_VOLUME not in plan.degradations


def test_copies_on_several_nodes_share_a_volume_and_roll() -> None:
    shared = {"cluster": {"shared_storage_class": "nfs"}}
    plan = trial(groups={"left": {**SHELF, "scaling": {"max": 3}}}, machine=shared)
    assert group_of(plan, "left").operation.rollout.strategy is RolloutStrategy.ROLLING


@pytest.mark.parametrize(
    ("nodes", "rollout", "surge", "unavailable"),
    [
        pytest.param(2, {}, 1, 0, id="a card is spare"),
        pytest.param(1, {}, 0, 1, id="every card is taken"),
        pytest.param(1, {"unavailable": 1}, 1, 1, id="a copy may be missing anyway"),
    ],
)
def test_an_old_pod_gives_up_its_card_where_none_is_spare(
    nodes: int, rollout: dict[str, Any], surge: int, unavailable: int
) -> None:
    pools: dict[str, Any] = {"cards": {"nodes": nodes}}
    plan = trial(groups={"brain": {"rollout": rollout}}, machine={"cluster": {"node_pools": pools}})
    found = group_of(plan, "brain").operation.rollout
    assert (found.surge, found.unavailable) == (surge, unavailable)
    assert (Feature.ROLLING_WITH_A_CARD in plan.degradations) == (surge == 0)
