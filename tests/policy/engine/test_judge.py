"""The offline judge over a whole stack."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date

import pytest

from benchmarks.judging import resources
from policy.core.rule import Level
from policy.engine.catalogue import rules
from policy.engine.config import parse_config
from policy.engine.judge import judge
from policy.views.registered import Registered
from tests.policy.builders import (
    TODAY,
    card,
    container,
    foreign_container,
    gpu_container,
    machine,
    mps_daemon,
    network,
    provider,
    volume,
)
from tests.policy.kubernetes_builders import GPU, around, cluster, gpu_workload, kubernetes, node_pool, workload

FLEET = [
    machine(gpus={"gpu0": card()}),
    provider(host="ssh://owner@192.168.1.10"),
    network("mainpc_internal", "10.210.1.0/24"),
    volume("mainpc-cache", driverOpts={"type": "none", "o": "bind", "device": "/data/models"}),
    container("first"),
    gpu_container("second"),
    mps_daemon(),
]


ON = [rule for rule in rules() if rule.level is not Level.DISABLED]


def test_every_rule_holds_for_a_hardened_stack() -> None:
    judgement = judge(FLEET, None, TODAY)
    assert judgement.verdicts == ()
    assert judgement.rules_run == judgement.rules_held == len(ON)


def test_every_rule_holds_for_a_hardened_namespace() -> None:
    judgement = judge([cluster(), *around(), workload(), gpu_workload("trainer")], None, TODAY)
    assert judgement.verdicts == ()
    assert judgement.rules_held == len(ON)


def test_an_empty_stack_is_judged_too() -> None:
    assert judge([], None, TODAY).rules_held == len(ON)


def test_a_stray_container_is_found_by_every_rule_it_violates() -> None:
    judgement = judge([*FLEET, foreign_container("stray", user="root", networkMode="bridge")], None, TODAY)
    assert {verdict.resource for verdict in judgement.verdicts} == {"stray"}
    mandatory = {verdict.id for verdict in judgement.verdicts if verdict.level is Level.MANDATORY}
    advisory = {verdict.id for verdict in judgement.verdicts if verdict.level is Level.ADVISORY}
    assert mandatory == {"A01", "A05", "A06", "A11", "B15", "C01", "C05", "E01"}
    assert advisory == {"A02", "C03", "C06", "C12", "D02", "E05", "E10"}
    assert judgement.rules_held == judgement.rules_run - 15


def test_a_stray_pod_is_found_by_every_rule_it_violates() -> None:
    stray = kubernetes("core/v1:Pod", "stray", None, spec={"containers": [{"name": "web", "image": "redis"}]})
    judgement = judge([cluster(), *around(), workload(), stray], None, TODAY)
    assert {verdict.resource for verdict in judgement.verdicts} == {"stray", "stray/web"}
    mandatory = {verdict.id for verdict in judgement.verdicts if verdict.level is Level.MANDATORY}
    advisory = {verdict.id for verdict in judgement.verdicts if verdict.level is Level.ADVISORY}
    assert mandatory == {
        "A01", "A05", "A06", "A08", "A11", "A14", "A16", "C01", "D01", "D03", "E01", "E02", "E08", "F01", "F08",
    }  # fmt: skip
    assert advisory == {"A02", "C02", "C03", "C04", "C09", "C10", "D02"}


def test_verdicts_come_by_rule_and_then_as_registered() -> None:
    found = judge([foreign_container("b"), foreign_container("a")], None, TODAY).verdicts
    assert [(v.id, v.resource) for v in found][:4] == [("A01", "b"), ("A01", "a"), ("A05", "b"), ("A05", "a")]
    assert [v.id for v in found] == sorted(v.id for v in found)


def test_the_configuration_changes_levels_and_settings() -> None:
    config = parse_config('{"all": "advisory", "A01": "disabled", "C05": {"at_most": 10}}', "policy.json")
    judgement = judge([*FLEET, foreign_container("stray")], config, TODAY)
    assert {verdict.level for verdict in judgement.verdicts} == {Level.ADVISORY}
    assert judgement.rules_run == len(rules()) - 1, "`all` is for those that are off by default too"
    assert not any(verdict.id == "A01" for verdict in judgement.verdicts)
    assert {verdict.resource for verdict in judgement.verdicts if verdict.id == "C05"} == {
        "first", "second", "daemon", "stray",
    }  # fmt: skip


def test_waivers_are_held_against_the_day_given() -> None:
    waived = container("agent", {"fleet.exception.run_as": "2026-11-21 the vendor's image needs root"}, user="0:0")
    (first, *_) = judge([waived], None, date(2026, 11, 21)).verdicts
    (second, *_) = judge([waived], None, date(2026, 11, 22)).verdicts
    assert (first.level, second.level) == (Level.ADVISORY, Level.MANDATORY)


def test_urns_are_given_for_containers_and_whatever_else_is_found() -> None:
    bad = [network("net", "172.20.0.0/16"), provider(host="tcp://x:2375"), foreign_container("net")]
    for verdict in judge(bad, None, TODAY).verdicts:
        assert verdict.urn.endswith(f"::{verdict.resource}")


def _pods(number: int) -> list[Registered]:
    return [cluster(memoryMib=10**9), *around(), workload(), *(workload(f"agent-{n}") for n in range(number))]


def _parts_of_cards(number: int) -> list[Registered]:
    limits = {**GPU["limits"], "nvidia.com/gpumem": "20930"}
    pods = [gpu_workload(f"agent-{n}", resources={**GPU, "limits": limits}) for n in range(number)]
    pool = node_pool(nodes=number, gpuSharing="memory-amount")
    return [cluster(memoryMib=10**9, nodePools={"gpu": pool}), *around(), *pods]


def _containers(number: int) -> list[Registered]:
    return [machine(memoryMib=10**9), *(container(f"agent-{n}") for n in range(number))]


@pytest.mark.parametrize("stack", [_pods, _parts_of_cards, _containers, resources])
def test_twice_as_many_resources_take_twice_as_many_steps(stack: Callable[[int], list[Registered]]) -> None:
    judge(stack(10), None, TODAY)
    half, whole = _calls(stack(150)), _calls(stack(300))
    assert whole <= 2.1 * half


def _calls(registered: list[Registered]) -> int:
    """Calls and resumptions of functions while a stack is judged: the same on every machine, idle or busy."""
    count = 0

    def step(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(step)
    try:
        judge(registered, None, TODAY)
    finally:
        sys.setprofile(None)
    return count


def test_a_pool_whose_cards_are_all_taken_has_none_for_a_new_pod() -> None:
    assert "G11" in {verdict.id for verdict in judge(_parts_of_cards(20), None, TODAY).verdicts}


@pytest.mark.parametrize("stack", [_pods, _containers])
def test_many_hardened_resources_hold_every_rule(stack: Callable[[int], list[Registered]]) -> None:
    assert judge(stack(100), None, TODAY).verdicts == ()
