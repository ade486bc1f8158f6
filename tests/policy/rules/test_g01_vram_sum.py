"""G01 vram-sum."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from fleet.labels import GPU_CARD, GPU_LIMIT_MIB, GPU_PROCESSES, GPU_REQUEST_MIB, GROUP
from policy.core.verdict import Kind
from policy.engine.catalogue import rule
from policy.views.registered import UNKNOWN, Registered
from tests.policy.builders import card, container, gpu_container, judged, machine, verdicts

G01 = rule("G01")


def _taking(
    name: str, request: int, processes: int = 1, limit: int = 20480, tags: Mapping[str, str] | None = None
) -> Registered:
    budget = {GPU_REQUEST_MIB: str(request), GPU_LIMIT_MIB: str(limit), GPU_PROCESSES: str(processes)}
    return gpu_container(name, {GROUP: name, **budget, **(tags or {})})


def test_it_holds_when_requests_contexts_and_desktop_are_exactly_the_card() -> None:
    first, second = _taking("first", 20000), _taking("second", 1740, processes=3)
    assert 20000 + 1740 + 4 * 450 + 1024 == 24564
    assert judged(G01, machine(), first, second) == {}


def test_it_fails_one_mib_above_and_shows_every_share() -> None:
    found = judged(G01, machine(), _taking("first", 20000), _taking("second", 1741, processes=3))
    assert list(found) == ["mainpc"]
    message = found["mainpc"]
    assert "requests do not fit gpu0 of mainpc (RTX 4090)" in message
    assert "first 20 000 + second 1 741 + contexts 4 x 450 = 1 800 + desktop 1 024 = 24 565 of 24 564 MiB" in message
    assert "lower containers.<name>.gpu.request by 1 MiB in total" in message


def test_the_fleet_s_own_figures_fit() -> None:
    requests = {"model": 4096, "language": 6656, "reasoning": 3072, "vision": 1536, "utility": 3584, "audio": 1536}
    assert judged(G01, machine(), *(_taking(name, mib) for name, mib in requests.items())) == {}


def test_limits_may_add_up_to_more_than_the_card() -> None:
    assert judged(G01, machine(), _taking("a", 1000, limit=24564), _taking("b", 1000, limit=24564)) == {}


def test_a_single_limit_above_the_card_fails() -> None:
    found = judged(G01, machine(), _taking("greedy", 1000, limit=24565), _taking("modest", 1000, limit=24564))
    assert list(found) == ["greedy"]
    assert "label fleet.gpu.limit-mib is 24 565 MiB, above gpu0 of mainpc" in found["greedy"]
    assert "lower containers.main.gpu.limit" in found["greedy"]


def test_a_card_the_machine_lacks_fails() -> None:
    found = judged(G01, machine(), _taking("lost", 1000, tags={GPU_CARD: "gpu7"}))
    assert 'label fleet.gpu.card is "gpu7", but mainpc has gpu0' in found["lost"]


def test_cards_are_counted_apart() -> None:
    two_cards = machine(gpus={"gpu0": card(), "gpu1": card(model="RTX 3060", capacityMib=12288)})
    first, second = _taking("first", 20000), _taking("second", 11000, limit=12000, tags={GPU_CARD: "gpu1"})
    found = judged(G01, two_cards, first, second)
    assert "requests do not fit gpu1 of mainpc (RTX 3060): second 11 000" in found["mainpc"]
    assert "gpu0" not in found["mainpc"]


def test_a_container_that_this_project_did_not_make_counts_too() -> None:
    stray = _taking("stray", 20000, tags={GROUP: ""})
    assert "stray 20 000" in judged(G01, machine(), stray, _taking("mine", 4000))["mainpc"]


def test_containers_without_a_budget_do_not_count() -> None:
    assert judged(G01, machine(), container(), _taking("a", 1000)) == {}


def test_a_card_whose_desktop_takes_more_than_it_has_is_nobody_s_fault() -> None:
    assert judged(G01, machine(gpus={"gpu0": card(desktopReserveMib=30000)}), container()) == {}


@pytest.mark.parametrize("labels", [pytest.param(UNKNOWN, id="unknown"), pytest.param("[secret]", id="hidden")])
def test_a_container_whose_labels_cannot_be_seen_is_left_out_and_named(labels: object) -> None:
    found = verdicts(G01, machine(), container(labels=labels))
    assert [(verdict.kind, verdict.resource, verdict.field) for verdict in found] == [(Kind.UNKNOWN, "agent", "labels")]


def test_a_container_over_two_cards_is_summed_on_each() -> None:
    both, two = {GPU_CARD: "gpu0, gpu1"}, machine(gpus={"gpu0": card(), "gpu1": card(capacityMib=12288)})
    assert judged(G01, two, _taking("wide", 10000, limit=12288, tags=both)) == {}
    found = judged(G01, two, _taking("wide", 10814, limit=12288, tags=both), _taking("other", 20000))
    assert "requests do not fit gpu0 of mainpc" in found["mainpc"]
    assert "wide 10 814 + other 20 000" in found["mainpc"] or "other 20 000 + wide 10 814" in found["mainpc"]
    assert "wide 10 815 + contexts" in judged(G01, two, _taking("wide", 10815, limit=12288, tags=both))["mainpc"]
    found = judged(G01, two, _taking("wide", 1000, limit=12289, tags=both))
    assert "label fleet.gpu.limit-mib is 12 289 MiB, above gpu1 of mainpc" in found["wide"]
    found = judged(G01, machine(), _taking("wide", 1000, tags=both))
    assert 'label fleet.gpu.card is "gpu1", but mainpc has gpu0; it is in no sum' in found["wide"]
