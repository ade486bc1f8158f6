"""Pods fit a node, and a pool enforces what a group relies on."""

from __future__ import annotations

from typing import Any

import pytest

from fleet.source.faults import ConfigurationError
from tests.trial_cluster import trial_project

CARDS = {"model": "L4", "memory": "24GiB"}


def _main(**keys: Any) -> dict[str, Any]:
    return {"containers": {"main": keys}}


def _pool(**gpu: Any) -> dict[str, Any]:
    return {"cluster": {"node_pools": {"cards": {"gpu": gpu}}}}


def _faults(**changes: Any) -> str:
    with pytest.raises(ConfigurationError) as refusal:
        trial_project(**changes)
    return refusal.value.text()


def test_cpu_that_fits_no_node_is_refused() -> None:
    """Also where all nodes together have it, and where the nodes with the memory are others."""
    text = _faults(groups={"left": _main(cpu={"request": 9, "limit": 9})})
    assert "a pod of 9 CPUs and 64 MiB fits no node of trial; nodes with this memory have 8 CPUs" in text
    pools = {"general": {"cpus": 16}, "cards": {"cpus": 2}}
    text = _faults(
        groups={"left": _main(cpu={"request": 4, "limit": 4}, memory={"request": "20GiB", "limit": "20GiB"})},
        machine={"cluster": {"node_pools": pools}},
    )
    assert "a pod of 4 CPUs and 20 480 MiB fits no node of trial; nodes with this memory have 2 CPUs" in text


def test_a_pod_with_a_card_fits_the_nodes_with_cards() -> None:
    text = _faults(
        groups={"brain": _main(cpu={"request": 4, "limit": 4})},
        machine={"cluster": {"node_pools": {"cards": {"cpus": 2}}}},
    )
    assert "groups/trial/brain.yaml" in text
    assert "fits no node of trial; nodes with this memory have 2 CPUs" in text


def test_a_limit_above_every_node_is_refused() -> None:
    text = _faults(groups={"left": _main(cpu={"limit": 9})})
    assert "containers.main.cpu.limit: 9 CPUs exceed the largest node of trial for it, which has 8" in text
    text = _faults(groups={"left": _main(memory={"limit": "33GiB"})})
    assert "containers.main.memory.limit: 33 792 MiB exceed the largest node of trial for it" in text


@pytest.mark.parametrize(
    ("enforcement", "gpu", "is_possible"),
    [
        ("hami-core", {}, False), ("hami-core", {"sharing": "shared-device", "shares": 4}, False),
        ("hami-core", {"sharing": "memory-amount"}, True), ("exclusive", {}, True),
        ("exclusive", {"sharing": "shared-device", "shares": 4}, False),
        ("exclusive", {"sharing": "memory-amount"}, False), ("framework", {"sharing": "memory-amount"}, True),
        ("advisory", {}, True), ("mps", {}, True),
    ],
)  # fmt: skip
def test_a_pool_enforces_what_a_group_relies_on(enforcement: str, gpu: dict[str, Any], is_possible: bool) -> None:
    changes = {"groups": {"brain": _main(gpu={"enforcement": enforcement})}, "machine": _pool(**gpu)}
    if is_possible:
        assert trial_project(**changes)
    else:
        assert f'gpu.enforcement: "{enforcement}", but sharing of pool cards on trial is ' in _faults(**changes)


def test_a_budget_names_a_pool_with_cards() -> None:
    for card, said in {
        "gpu0": "use one of cards, or drop card",
        "card": "did you mean cards?",
        "general": "use one of",
    }.items():
        text = _faults(groups={"brain": _main(gpu={"card": card})})
        assert f"containers.main.gpu.card: trial has no pool {card} with cards; {said}" in text
    assert trial_project(groups={"brain": _main(gpu={"card": "cards"})})


def test_a_namespace_is_the_fleets_own() -> None:
    for namespace, said in (
        ("default", "belongs to Kubernetes"),
        ("kube-system", "belongs to Kubernetes"),
        ("monitoring", "is also metrics_namespace"),
        ("ingress-nginx", "is also entrance.namespace"),
    ):
        text = _faults(machine={"cluster": {"namespace": namespace}})
        assert f'namespace "{namespace}" {said}; choose one that the fleet creates' in text
