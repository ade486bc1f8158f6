"""G09 mps-fault-domain."""

from __future__ import annotations

import pytest

from fleet.labels import GPU_CARD, GROUP, TIER
from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import card, gpu_container, judged, machine, violation

G09 = rule("G09")


def _tiered(name: str, tier: str, on: str = "gpu0") -> Registered:
    return gpu_container(name, {GROUP: name, TIER: tier, GPU_CARD: on})


def test_it_fails_where_an_experiment_shares_the_server_of_something_critical() -> None:
    message = violation(G09, _tiered("trial", "experimental"), _tiered("dialogue", "critical"), machine())
    assert "MPS on gpu0 of mainpc (RTX 4090) also serves dialogue, which is critical" in message


@pytest.mark.parametrize("others", [["critical", "critical"], ["experimental", "experimental"], ["critical", ""]])
def test_it_holds_among(others: list[str]) -> None:
    assert judged(G09, machine(), *(_tiered(f"c{index}", tier) for index, tier in enumerate(others))) == {}


def test_it_holds_on_two_cards() -> None:
    two = machine(gpus={"gpu0": card(), "gpu1": card()})
    assert judged(G09, two, _tiered("trial", "experimental", "gpu1"), _tiered("dialogue", "critical")) == {}


def test_faults_stay_in_their_own_context_without_mps() -> None:
    plain = machine(gpus={"gpu0": card(mps=False)})
    assert judged(G09, plain, _tiered("trial", "experimental"), _tiered("dialogue", "critical")) == {}
