"""G19 agents-have-one-group."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fleet.labels import CONTAINER, GROUP
from policy.core.verdict import Kind
from policy.engine.catalogue import rule
from policy.views.registered import UNKNOWN, Registered
from tests.policy.builders import container, foreign_container, judged, machine, verdicts, violation
from tests.policy.cloudrun_builders import cloud, run_service
from tests.policy.kubernetes_builders import cluster, workload

G19 = rule("G19")


def _agents(*names: str) -> str:
    return json.dumps({name: {"command": ["python3", "-m", name]} for name in names})


def _runs(name: str, *agents: str, **tags: str) -> Registered:
    return container(name, {GROUP: name, **tags}, envs=[f"FLEET_AGENTS={_agents(*agents)}"])


def _pods(name: str, group: str, *agents: str) -> Registered:
    return workload(name, tags={GROUP: group}, env=[{"name": "FLEET_AGENTS", "value": _agents(*agents)}])


def test_it_holds_where_each_agent_stands_once_and_all_are_counted() -> None:
    stack = [machine(agents={"a": 2, "b": 1}), _runs("a", "Planner", "Critic"), _runs("b", "Speaker"), container("c")]
    assert judged(G19, *stack) == {}


def test_it_fails_for_an_agent_of_two_groups_and_names_both() -> None:
    found = judged(G19, machine(), _runs("a", "Planner"), _runs("b", "Speaker", "Planner"))
    assert list(found) == ["b"]
    assert 'lists "Planner", which container main of a also runs' in found["b"]


def test_it_fails_for_an_agent_of_two_containers_of_one_group() -> None:
    found = judged(G19, machine(), _runs("a", "Planner"), _runs("b", "Planner", **{GROUP: "a", CONTAINER: "sidecar"}))
    assert "which container main of a also runs" in found["b"]


@pytest.mark.parametrize(("said", "runs"), [(77, 1), (0, 1)])
def test_it_fails_where_the_manifest_counts_others(said: int, runs: int) -> None:
    found = judged(G19, machine(agents={"a": said}), _runs("a", "Planner"))
    assert f"agents of a are {runs}, but the manifest of mainpc lists {said}" in found["a"]


def test_it_fails_for_a_group_that_the_manifest_counts_and_nobody_runs() -> None:
    found = judged(G19, machine(agents={"a": 1, "gone": 3}), _runs("a", "Planner"))
    assert "agents of gone are 0, but the manifest of mainpc lists 3" in found["mainpc"]


def test_it_fails_for_an_agent_of_no_group() -> None:
    bad = foreign_container(envs=[f"FLEET_AGENTS={_agents('Planner')}"])
    assert 'label fleet.group is not set, so its agents "Planner" belong to no group' in violation(G19, bad, machine())


@pytest.mark.parametrize("value", ["", "Planner", "[]", "7", "{", "[" * 9999])
def test_it_fails_for_what_names_no_agents(value: str) -> None:
    bad = container("bad", envs=[f"FLEET_AGENTS={value}"])
    assert "which lists no agents" in violation(G19, bad)


def test_it_fails_for_an_agent_that_stands_twice_in_a_container() -> None:
    bad = container("bad", envs=['FLEET_AGENTS={"A": {}, "B": {}, "A": {}}'])
    assert 'lists "A" twice, and only the last of each starts' in violation(G19, bad)


def test_many_names_are_cut_short() -> None:
    names = [f"agent-{number}" for number in range(8)]
    found = judged(G19, machine(), _runs("a", *names), _runs("b", *names))
    assert '"agent-4" and 3 more' in found["b"]


def test_a_value_that_is_not_known_yet_is_a_notice() -> None:
    found = verdicts(G19, machine(agents={"vision-gpu": 1}), container("a", envs=[UNKNOWN]))
    assert [verdict.kind for verdict in found] == [Kind.UNKNOWN]


class TestOnOtherTargets:
    """Pods and services say it in the same variable."""

    def test_versions_of_one_group_run_the_same_agents(self) -> None:
        two = [_pods("a-blue", "a", "Planner"), _pods("a-green", "a", "Planner")]
        assert judged(G19, cluster(agents={"a": 1}), *two) == {}

    def test_it_fails_for_an_agent_of_two_groups_of_a_cluster(self) -> None:
        found = judged(G19, cluster(), _pods("a", "a", "Planner"), _pods("b", "b", "Planner"))
        assert list(found) == ["b/main"]

    @pytest.mark.parametrize(("count", "holds"), [(1, True), (2, False)])
    def test_a_service_in_two_regions_counts_once(self, count: int, holds: bool) -> None:
        main: dict[str, Any] = {"envs": [{"name": "FLEET_AGENTS", "value": _agents("Planner")}]}
        both = [run_service(f"portal-{place}", main=main) for place in ("east", "west")]
        assert (judged(G19, cloud(agents={"portal": count}), *both) == {}) is holds
