"""How a new version takes over on a cluster: the old pod goes first where it holds what the new one needs."""

from __future__ import annotations

from typing import Any

import pytest

from fleet.capabilities import Feature
from fleet.model import RolloutStrategy
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
