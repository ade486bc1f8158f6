"""The pack against the policy SDK: its own arguments, its own proxies, its own server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pulumi_policy import (
    EnforcementLevel,
    Policy,
)

from fleet import labels
from policy.core.rule import ContainerRule, Level, ResourceRule, Settings
from policy.engine import pack
from policy.engine.catalogue import rules
from policy.views.container import ContainerView
from policy.views.registered import UNKNOWN, Registered
from tests.policy.builders import container, gpu_container, machine, network, provider, volume
from tests.policy.sdk import analyze, analyze_stack


def test_every_rule_is_a_policy_with_an_explicit_level(policies: list[Policy]) -> None:
    by_name = {policy.name: policy for policy in policies}
    assert len(by_name) == len(policies)
    for rule in rules():
        policy = by_name.pop(rule.policy_name)
        assert policy.enforcement_level is EnforcementLevel(rule.level.value)
        assert policy.description == rule.summary
        assert rule.remedy in policy.remediation_steps.splitlines()[0]
        assert (str(policy.severity.value), policy.tags) == (str(rule.severity), [rule.id, *rule.sources])
        assert (policy.config_schema is None) is (not rule.defaults)
    assert {name: policy.enforcement_level for name, policy in by_name.items()} == {
        "notices": EnforcementLevel.ADVISORY,
        "stack-notices": EnforcementLevel.ADVISORY,
    }


def test_the_notices_come_last_so_that_they_know_what_the_others_found(policies: list[Policy]) -> None:
    assert [policy.name for policy in policies[-2:]] == ["notices", "stack-notices"]


def test_a_hardened_stack_reports_nothing(policies: list[Policy]) -> None:
    stack = [
        machine(),
        provider(host="ssh://x"),
        network("mainpc_internal", "10.210.1.0/24"),
        volume(),
        gpu_container("a"),
        container("b"),
    ]
    assert analyze(policies, *stack).messages == {}
    assert analyze_stack(policies, *stack).messages == {}


def test_a_violation_is_reported_under_its_rule_with_its_urn(policies: list[Policy]) -> None:
    bad = container(user="0", memory=None)
    report = analyze(policies, bad, container("good"))
    assert set(report.messages) == {"A01-non-root-user", "A02-high-uid", "C01-memory-limit"}
    ((message, urn),) = report.messages["A01-non-root-user"]
    assert message.startswith('container agent: user is "0"')
    assert urn == bad.urn


def test_a_rule_about_containers_does_not_apply_to_anything_else(policies: list[Policy]) -> None:
    report = analyze(policies, network("n"))
    assert report.messages == {}
    on = [rule for rule in rules() if rule.level is not Level.DISABLED]
    judged = {rule.policy_name for rule in on if isinstance(rule, ContainerRule | ResourceRule)}
    assert report.not_applicable == judged


def test_an_unknown_value_is_a_notice_that_names_rule_container_and_field(policies: list[Policy]) -> None:
    report = analyze(policies, container(user=UNKNOWN, memory=UNKNOWN))
    assert set(report.messages) == {"notices"}
    texts = [message for message, _ in report.messages["notices"]]
    assert texts[0].startswith("A01 non-root-user: container agent: user is unknown until `up`")
    assert any(text.startswith("C01 memory-limit: container agent: memory_limit_mib is unknown") for text in texts)


def test_other_rules_judge_a_container_with_an_unknown_value(policies: list[Policy]) -> None:
    report = analyze(policies, container(user=UNKNOWN, readOnly=False))
    assert set(report.messages) == {"A11-read-only-rootfs", "notices"}


def test_an_unknown_inside_a_list_is_a_notice_and_the_rest_is_judged(policies: list[Policy]) -> None:
    report = analyze(policies, container(envs=[UNKNOWN, "API_KEY=abc"]))
    assert "env API_KEY" in report.messages["F04-no-secrets-in-sight"][0][0]
    assert any(message.startswith("F04") for message, _ in report.messages["notices"])


def test_a_waived_finding_is_a_notice(policies: list[Policy]) -> None:
    waived = container(tags={"fleet.exception.run_as": "2999-12-31 the vendor's image needs root"}, user="0:0")
    report = analyze(policies, waived)
    assert set(report.messages) == {"notices"}
    assert "waived until 2999-12-31: the vendor's image needs root" in report.messages["notices"][0][0]


def test_an_ended_waiver_is_a_violation(policies: list[Policy]) -> None:
    ended = container(tags={"fleet.exception.run_as": "2020-12-31 the vendor's image needs root"}, user="0:0")
    assert "the exception ended on 2020-12-31" in analyze(policies, ended).messages["A01-non-root-user"][0][0]


def test_notices_are_given_once(policies: list[Policy]) -> None:
    first = analyze(policies, container(user=UNKNOWN))
    assert len(first.messages["notices"]) == len(analyze(policies, container(user=UNKNOWN)).messages["notices"])


def test_the_update_after_a_preview_is_judged_anew(policies: list[Policy]) -> None:
    assert set(analyze(policies, container(user=UNKNOWN)).messages) == {"notices"}
    assert "A01-non-root-user" in analyze(policies, container(user="0")).messages
    assert analyze(policies, container()).messages == {}


def test_settings_come_from_the_configuration(policies: list[Policy]) -> None:
    (c05,) = [policy for policy in policies if policy.name == "C05-process-limit"]
    report = analyze([c05], container(), config={"at_most": 100.0, "other": "ignored"})
    assert "process_limit is 16384 (ulimit nproc), above 100," in report.messages["C05-process-limit"][0][0]


def test_a_volume_is_judged_by_itself(policies: list[Policy]) -> None:
    bad = volume("settings", driverOpts={"type": "none", "o": "bind", "device": "/etc"})
    assert set(analyze(policies, bad).messages) == {"B06-no-sensitive-host-mounts"}


def test_a_rule_that_breaks_is_a_notice_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(view: ContainerView, settings: Settings) -> Iterator[Any]:
        raise RuntimeError

    a01 = rules()[0]
    assert isinstance(a01, ContainerRule)
    monkeypatch.setattr(pack, "rules", lambda: (replace(a01, check=broken), *rules()[1:]))
    report = analyze(pack.policies(), container(user="0", readOnly=False))
    assert set(report.messages) == {"A02-high-uid", "A11-read-only-rootfs", "notices"}
    assert "A01 could not be evaluated (RuntimeError at test_pack.py" in report.messages["notices"][0][0]


class TestStackPolicies:
    """They judge the inputs that passed by, and a component's outputs."""

    def test_the_figures_of_a_machine_and_the_labels_of_its_containers(self, policies: list[Policy]) -> None:
        stack = [machine(), gpu_container("a", {"fleet.gpu.request-mib": "24000"})]
        analyze(policies, *stack)
        report = analyze_stack(policies, *stack)
        assert set(report.messages) == {"G01-vram-sum"}
        ((message, urn),) = report.messages["G01-vram-sum"]
        assert "24 000 + contexts 1 x 450 = 450 + desktop 1 024 = 25 474 of 24 564 MiB" in message
        assert urn == stack[0].urn

    def test_outputs_that_are_unknown_do_not_matter_where_inputs_passed_by(self, policies: list[Policy]) -> None:
        bare = Registered("docker:index/container:Container", "bare", "urn:bare", inputs={"image": "docker.io/x/y:1"})
        analyze(policies, bare)
        assert analyze_stack(policies, bare).messages == {}
        assert set(analyze_stack(pack.policies(), bare).messages) == {"stack-notices"}

    def test_two_containers_are_compared(self, policies: list[Policy]) -> None:
        ports = [{"internal": 1, "external": 8000, "ip": "192.168.1.10"}]
        stack = [container("a", ports=ports), container("b", ports=ports)]
        analyze(policies, *stack)
        report = analyze_stack(policies, *stack)
        assert report.messages["G14-port-unique"][0][1] == stack[1].urn

    def test_the_stack_after_an_update_is_judged_anew(self, policies: list[Policy]) -> None:
        bad = provider(host="tcp://192.168.1.10:2375")
        analyze(policies, bad)
        assert set(analyze_stack(policies, bad).messages) == {"F09-daemon-encrypted"}
        good = provider(host="ssh://192.168.1.10")
        analyze(policies, good)
        assert analyze_stack(policies, good).messages == {}


@pytest.mark.parametrize(("deletes_first", "reported"), [(None, True), (True, False)])
def test_the_order_of_a_replacement_reaches_the_rules(
    policies: list[Policy], deletes_first: bool | None, reported: bool
) -> None:
    tags = {labels.GPU_REQUEST_MIB: "12000", labels.GPU_LIMIT_MIB: "12000"}
    stack = [machine(), replace(gpu_container("a", tags), deletes_first=deletes_first)]
    assert analyze(policies, *stack).messages == {}
    assert ("G11-rollout-fits" in analyze_stack(policies, *stack).messages) is reported
