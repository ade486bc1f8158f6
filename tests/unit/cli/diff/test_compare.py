"""The comparison itself: what is replaced and why, what restarts, which data is lost, which policy results are new."""

from __future__ import annotations

import pytest

from cli.diff.model import Effect, FieldChange, Kind, Presence
from cli.diff.reading import Reading
from fleet.source.redaction import HIDDEN
from tests.unit.cli.diffing import (
    NETWORK,
    VOLUME,
    a_card,
    a_container,
    a_plan,
    a_resource,
    a_result,
    a_waived_result,
    difference,
)


def test_two_equal_plans_do_not_differ() -> None:
    plan = a_plan(a_container(), policy=(a_result(),))
    assert difference(plan, plan).is_empty


def test_a_container_with_a_new_environment_is_replaced_and_only_that_variable_is_reported() -> None:
    (change,) = difference(a_plan(a_container()), a_plan(a_container(envs=["MOOD=brisk"]))).resources
    assert (change.kind, change.why) == (Kind.REPLACED, ("envs",))
    assert change.fields == (FieldChange("envs.MOOD", "calm", "brisk"),)


def test_a_container_with_another_memory_limit_runs_on() -> None:
    diff = difference(a_plan(a_container(memory=128)), a_plan(a_container(memory=192)))
    assert [change.kind for change in diff.resources] == [Kind.CHANGED]
    assert diff.restarts == ()


def test_the_order_of_a_list_of_variables_is_no_change() -> None:
    before, after = (a_plan(a_container(envs=list(names))) for names in (["A=1", "B=2"], ["B=2", "A=1"]))
    assert difference(before, after).is_empty


def test_a_secret_is_reported_by_its_name_only() -> None:
    before, after = (a_plan(a_container(envs=[f"API_TOKEN={value}"])) for value in ("first-value", "second-value"))
    (change,) = difference(before, after).resources
    assert change.fields == (FieldChange("envs.API_TOKEN", HIDDEN, HIDDEN),)


def test_the_data_of_a_cluster_s_secret_is_reported_by_its_name_only() -> None:
    before, after = (
        a_plan(a_resource("kubernetes:core/v1:Secret", "key", stringData={"key": value})) for value in ("one", "two")
    )
    (change,) = difference(before, after).resources
    assert change.fields == (FieldChange("stringData.key", HIDDEN, HIDDEN),)


def test_a_replaced_container_is_down_for_its_stop_grace_and_start_period() -> None:
    (restart,) = difference(a_plan(a_container()), a_plan(a_container(user="10002:10002"))).restarts
    assert (restart.effect, restart.wave, restart.stop_s, restart.start_s) == (Effect.RECREATED, 2, 5, 70)
    assert restart.down_s == 75


def test_a_container_on_a_replaced_network_is_replaced_with_it() -> None:
    container = a_container(networksAdvanced=[{"name": "inside", "aliases": ["speech"]}])
    before, after = (
        a_plan(a_resource(NETWORK, "pc-network", name="inside", ipamConfigs=[{"subnet": subnet}]), container)
        for subnet in ("10.1.0.0/24", "10.2.0.0/24")
    )
    changes = difference(before, after).resources
    assert {change.name: change.why for change in changes} == {
        "pc-network": ("ipamConfigs",),
        "pc-speech-main": ("network inside is replaced",),
    }


@pytest.mark.parametrize(("protect", "words"), [(True, "protected"), (False, "will be deleted")])
def test_a_removed_volume_warns_of_its_data(protect: bool, words: str) -> None:
    diff = difference(a_plan(a_resource(VOLUME, "memory", protect=protect)), a_plan())
    (change,) = diff.of_kind(Kind.REMOVED)
    assert words in change.warning


def test_pods_of_a_new_template_are_rolled_where_a_new_one_may_come_first() -> None:
    def workload(image: str, strategy: str) -> Reading:
        pod = {"containers": [{"name": "main", "image": image}], "terminationGracePeriodSeconds": 20}
        spec = {"replicas": 2, "strategy": {"type": strategy}, "template": {"spec": pod}}
        return a_plan(a_resource("kubernetes:apps/v1:Deployment", "pods", spec=spec))

    for strategy, effect in (("RollingUpdate", Effect.ROLLED), ("Recreate", Effect.RECREATED)):
        diff = difference(workload("a:1", strategy), workload("a:2", strategy))
        assert [change.kind for change in diff.resources] == [Kind.CHANGED]
        assert [(restart.effect, restart.stop_s) for restart in diff.restarts] == [(effect, 20)]


@pytest.mark.parametrize(
    ("type_", "before", "after", "why"),
    [
        ("kubernetes:core/v1:ConfigMap", {"data": {"a": "1"}}, {"data": {"a": "2"}}, ()),
        ("kubernetes:core/v1:PersistentVolumeClaim", {"spec": {"size": 1}}, {"spec": {"size": 2}}, ()),
        (
            "kubernetes:core/v1:PersistentVolumeClaim",
            {"spec": {"storageClassName": "a"}},
            {"spec": {"storageClassName": "b"}},
            ("spec.storageClassName",),
        ),
        (
            "kubernetes:apps/v1:Deployment",
            {"spec": {"strategy": {"type": "RollingUpdate"}}},
            {"spec": {"strategy": {"type": "Recreate"}}},
            ("spec.strategy.type",),
        ),
        ("kubernetes:core/v1:Service", {"metadata": {"name": "a"}}, {"metadata": {"name": "b"}}, ("metadata.name",)),
        ("kubernetes:core/v1:Service", {"spec": {"type": "ClusterIP"}}, {"spec": {"type": "NodePort"}}, ()),
        ("gcp:cloudrunv2/service:Service", {"location": "a"}, {"location": "b"}, ("location",)),
        ("gcp:cloudrunv2/service:Service", {"template": {"timeout": "1s"}}, {"template": {"timeout": "2s"}}, ()),
        ("gcp:cloudrunv2/service:Service", {"tags": {"a": "1"}}, {"tags": {"a": "2"}}, ("tags.a",)),
        ("gcp:logging/metric:Metric", {"name": "a"}, {"name": "b"}, ()),
        ("gcp:sql/user:User", {"host": "a"}, {"host": "b"}, ("host",)),
        ("gcp:projects/service:Service", {"service": "a"}, {"service": "b"}, ("service",)),
        ("gcp:pubsub/topicIAMMember:TopicIAMMember", {"role": "a"}, {"role": "b"}, ("role",)),
        ("pulumi:providers:docker", {"host": "ssh://a"}, {"host": "ssh://b"}, ()),
    ],
)
def test_what_cannot_change_on_other_targets_is_replaced(
    type_: str, before: dict[str, object], after: dict[str, object], why: tuple[str, ...]
) -> None:
    (change,) = difference(
        a_plan(a_resource(type_, "it", **before)), a_plan(a_resource(type_, "it", **after))
    ).resources
    assert change.why == why


def test_a_resource_under_a_component_of_another_type_is_another_resource() -> None:
    before, after = a_plan(a_container()), a_plan(a_container())
    assert after.plan
    after.plan["resources"][0]["type"] = "fleet:docker:OtherGroup"
    assert [change.kind for change in difference(before, after).resources] == [Kind.ADDED, Kind.REMOVED]


def test_policy_results_are_new_fixed_or_unchanged_whatever_figures_they_quote() -> None:
    before = a_plan(policy=(a_result("A01", message="user is 0"), a_result("A02")))
    after = a_plan(policy=(a_result("A01", message="user is 1"), a_result("B01")))
    policies = difference(before, after).policies
    assert [[r.id for r in kind] for kind in (policies.new, policies.fixed, policies.unchanged)] == [
        ["B01"],
        ["A02"],
        ["A01"],
    ]


def test_an_advisory_that_becomes_mandatory_is_new() -> None:
    diff = difference(a_plan(policy=(a_result(level="advisory"),)), a_plan(policy=(a_result(level="mandatory"),)))
    assert [result.level for result in diff.policies.new] == ["mandatory"]


def test_a_violation_that_is_waived_is_neither_fixed_nor_new_and_comes_back_as_new() -> None:
    broken, waived = a_plan(policy=(a_result(),)), a_plan(policy=(a_waived_result(),))
    policies = difference(broken, waived).policies
    assert (policies.new, policies.fixed, [result.kind for result in policies.waived]) == ((), (), ["waived"])
    policies = difference(waived, broken).policies
    assert (policies.waived, policies.fixed, [result.level for result in policies.new]) == ((), (), ["mandatory"])
    assert difference(waived, waived).is_empty


def test_the_agents_of_a_container_are_reported_one_by_one() -> None:
    before, after = (
        a_plan(a_container(envs=[f'FLEET_AGENTS={{"Hub": {{"command": ["a"]}}{more}}}']))
        for more in ("", ', "Janitor": {"command": ["b"]}')
    )
    (change,) = difference(before, after).resources
    assert [field.path for field in change.fields] == ["envs.FLEET_AGENTS.Janitor.command"]
    assert change.why == ("envs",)


def test_what_a_replaced_provider_made_is_replaced_with_it() -> None:
    objects = a_resource("kubernetes:core/v1:Service", "it", metadata={"name": "it"})
    before, after = (
        a_plan(a_resource("pulumi:providers:kubernetes", "pc-api", clusterIdentifier=name), objects)
        for name in ("old", "new")
    )
    changes = {change.name: (change.kind, change.why) for change in difference(before, after).resources}
    assert changes["it"] == (Kind.REPLACED, ("provider pc-api is replaced",))


def test_the_copies_of_a_deployment_are_rolled_in_rounds() -> None:
    def workload(image: str) -> Reading:
        rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 1}}
        pod = {"containers": [{"name": "main", "image": image}], "terminationGracePeriodSeconds": 20}
        spec = {"strategy": rolling, "template": {"spec": pod}}
        groups = [{"name": "speech", "wave": 2, "copies": {"least": 5, "most": 9}}]
        return a_plan(a_resource("kubernetes:apps/v1:Deployment", "pods", spec=spec), groups=groups)

    diff = difference(workload("a:1"), workload("a:2"))
    assert [(restart.rounds, restart.whole_s, restart.effect) for restart in diff.restarts] == [(3, 60, Effect.ROLLED)]
    assert diff.restart_s == 60


def test_the_cards_of_a_cluster_s_pool_are_on_both_sides() -> None:
    pool = {"name": "cards", "model": "L4", "cards": 2, "capacity_mib": 24_576, "sharing": "whole-device"}
    before, after = (a_plan(pools=[{**pool, "taken_mib": taken}]) for taken in (24_576, 49_152))
    cards = difference(before, after).cards
    assert cards
    assert [side.free_mib for side in (cards["pool cards"].before, cards["pool cards"].after) if side] == [24_576, 0]


def test_a_stack_only_here_is_added_with_all_it_has() -> None:
    diff = difference(None, a_plan(a_container()))
    assert diff.presence is Presence.ADDED
    assert [restart.effect for restart in diff.restarts] == [Effect.STARTS]


def test_a_stack_only_there_is_removed_and_stops_nothing_by_itself() -> None:
    diff = difference(a_plan(a_container()), None)
    assert (diff.presence, diff.restarts) == (Presence.REMOVED, ())
    assert [change.kind for change in diff.resources] == [Kind.REMOVED]


def test_a_base_that_cannot_be_planned_is_not_mistaken_for_an_empty_one() -> None:
    diff = difference(Reading(None, 2, "Pulumi.pc.yaml: 1 fault\n  more"), a_plan(a_container()))
    assert (diff.presence, diff.note, diff.resources) == (Presence.UNKNOWN, "Pulumi.pc.yaml: 1 fault", ())


def test_a_card_is_on_both_sides() -> None:
    diff = difference(a_plan(gpus=[a_card(4096)]), a_plan(gpus=[a_card(6144)]))
    assert diff.cards
    before, after = diff.cards["gpu0"].before, diff.cards["gpu0"].after
    assert before
    assert after
    assert (before.requested_mib, after.requested_mib) == (4096, 6144)
