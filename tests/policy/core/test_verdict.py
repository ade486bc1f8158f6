"""Verdicts: levels, waivers and their end, unknown values, rules that break, and what a message never shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from fleet.labels import EXCEPTION_PREFIX
from policy.core.rule import ContainerRule, Finding, Level, Settings, StackRule
from policy.core.verdict import Kind, Terms, Verdict, container_verdicts, stack_verdicts
from policy.engine.catalogue import rule
from policy.readers.stack import stack_view
from policy.views.container import ContainerView
from policy.views.registered import UNKNOWN, Registered
from policy.views.stack import StackView
from tests.policy.builders import container, foreign_container, verdicts

UNTIL = date(2026, 11, 21)
A01 = rule("A01")
PASSWORD = "hunter2"  # noqa: S105  (made up)


def _judge(resource: Registered, today: date = UNTIL, level: Level = Level.MANDATORY) -> Verdict:
    assert isinstance(A01, ContainerRule)
    (view,) = stack_view([resource]).containers
    (verdict,) = container_verdicts(A01, view, Terms(level, A01.defaults, today))
    return verdict


def _root(exception: str | None) -> Registered:
    tags = {} if exception is None else {f"{EXCEPTION_PREFIX}run_as": exception}
    return container("agent", tags, user="0:0")


class TestWaivers:
    """A weakened field is waived until its last day, and not a day longer."""

    @pytest.mark.parametrize("today", [date(2026, 11, 20), pytest.param(UNTIL, id="the last day")])
    def test_one_that_holds_makes_it_advisory_and_says_why(self, today: date) -> None:
        verdict = _judge(_root("2026-11-21 the vendor's image needs root"), today)
        assert (verdict.level, verdict.kind) == (Level.ADVISORY, Kind.WAIVED)
        assert verdict.waived == "waived until 2026-11-21: the vendor's image needs root"
        assert verdict.waived in verdict.message
        assert 'user is "0:0"' in verdict.message

    def test_one_that_ended_yesterday_is_at_full_level_and_says_so(self) -> None:
        verdict = _judge(_root("2026-11-21 the vendor's image needs root"), date(2026, 11, 22))
        assert (verdict.level, verdict.kind, verdict.waived) == (Level.MANDATORY, Kind.VIOLATION, "")
        assert "set containers.main.hardening.run_as" in verdict.message
        assert "the exception ended on 2026-11-21 (the vendor's image needs root)" in verdict.message

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("", id="nothing"),
            pytest.param("2026-12-31", id="no reason"),
            pytest.param("2026-12-31   ", id="a blank reason"),
            pytest.param("because I say so", id="no day"),
            pytest.param("31.12.2026 because", id="another way to write a day"),
            pytest.param("2026-13-01 because", id="a month that is none"),
        ],
    )
    def test_a_malformed_one_is_at_full_level_and_says_so(self, text: str) -> None:
        verdict = _judge(_root(text))
        assert (verdict.level, verdict.kind) == (Level.MANDATORY, Kind.VIOLATION)
        assert "label fleet.exception.run_as is not `<last day, as 2027-03-31> <reason>`" in verdict.message

    def test_one_for_another_field_waives_nothing(self) -> None:
        tags = {f"{EXCEPTION_PREFIX}seccomp": "2099-01-01 because"}
        assert _judge(container("agent", tags, user="0")).kind is Kind.VIOLATION

    def test_without_one_the_message_says_how_to_waive(self) -> None:
        assert "containers.main.hardening.exceptions.run_as" in _judge(_root(None)).message
        assert 'fleet.exception.run_as = "<last day> <reason>"' in _judge(foreign_container(user="0")).message

    def test_a_container_is_named_as_docker_ps_does(self) -> None:
        named = container("mainpc-vision-gpu-main", user="0")
        named = replace(named, inputs={**named.inputs, "name": "vision-gpu"})
        (verdict,) = verdicts(rule("A01"), named)
        assert (verdict.resource, verdict.message.partition(":")[0]) == (
            "mainpc-vision-gpu-main",
            "container vision-gpu",
        )

    def test_the_message_of_any_other_rule_ends_with_the_waiver_it_takes_or_that_it_takes_none(self) -> None:
        (verdict,) = verdicts(rule("A04"), container("agent", privileged=True))
        assert verdict.message.endswith(", or waive A04 with a reason and an end date")
        (shown,) = verdicts(rule("F04"), container("agent", envs=["API_KEY=abc"]))
        assert shown.message.endswith("; nothing waives F04")
        (foreign,) = verdicts(rule("A04"), foreign_container(privileged=True))
        assert "waive" not in foreign.message

    def test_a_rule_without_an_exception_cannot_be_waived(self) -> None:
        tags = {f"{EXCEPTION_PREFIX}{name}": "2099-01-01 because" for name in ("", "privileged")}
        (verdict,) = verdicts(rule("A04"), container("agent", tags, privileged=True))
        assert verdict.kind is Kind.VIOLATION
        assert "exception" not in verdict.message

    def test_a_secret_in_a_reason_is_not_shown(self) -> None:
        secret = "ghp_" + "A1b2C3d4E5" * 3
        verdict = _judge(_root(f"2099-01-01 uses {secret}"))
        assert secret not in verdict.message
        assert "not shown" in verdict.waived


def test_a_verdict_has_the_level_it_was_judged_at() -> None:
    assert _judge(_root(None), level=Level.ADVISORY).level is Level.ADVISORY


def test_a_verdict_points_at_the_resource_and_the_field() -> None:
    verdict = _judge(_root(None))
    assert (verdict.id, verdict.name, verdict.resource, verdict.field) == ("A01", "non-root-user", "agent", "user")
    assert verdict.urn.endswith("::docker:index/container:Container::agent")


def test_an_unknown_value_is_advisory_and_named() -> None:
    verdict = _judge(container(user=UNKNOWN))
    assert (verdict.level, verdict.kind, verdict.field) == (Level.ADVISORY, Kind.UNKNOWN, "user")
    assert verdict.message == (
        "container agent: user is unknown until `up`, or hidden as a secret; until then this rule is not applied to it"
    )


def test_a_rule_says_nothing_of_another_target() -> None:
    c05 = rule("C05")
    assert isinstance(c05, ContainerRule)
    pod = ContainerView("pod", "kubernetes", "main")
    assert container_verdicts(c05, pod, Terms(Level.MANDATORY, c05.defaults, UNTIL)) == []


def test_one_of_several_containers_of_a_resource_is_named() -> None:
    assert isinstance(A01, ContainerRule)
    pod = ContainerView("pod/init-db", "kubernetes", "init-db", user="0", non_root=True)
    (verdict,) = container_verdicts(A01, pod, Terms(Level.MANDATORY, {}, UNTIL))
    assert verdict.message.startswith("container init-db of pod: ")


class TestRulesThatBreak:
    """An internal error must not abort an update, nor print the value that caused it."""

    def test_a_container_rule(self) -> None:
        def broken(view: ContainerView, settings: Settings) -> Iterator[Finding]:
            yield Finding("user", "found before")
            raise ValueError(PASSWORD)

        assert isinstance(A01, ContainerRule)
        found = verdicts_of(replace(A01, check=broken))
        assert [verdict.kind for verdict in found] == [Kind.VIOLATION, Kind.FAILED]
        assert found[1].level is Level.ADVISORY
        assert "A01 could not be evaluated (ValueError at test_verdict.py:" in found[1].message
        assert "internal error in the policy pack" in found[1].message
        assert PASSWORD not in found[1].message

    def test_a_stack_rule(self) -> None:
        def broken(stack: StackView, settings: Settings) -> list[Finding]:
            raise KeyError(PASSWORD)

        g01 = rule("G01")
        assert isinstance(g01, StackRule)
        (verdict,) = stack_verdicts(replace(g01, check=broken), StackView(), Terms(Level.MANDATORY, {}, UNTIL))
        assert (verdict.kind, verdict.level) == (Kind.FAILED, Level.ADVISORY)
        assert PASSWORD not in verdict.message


def test_a_message_that_would_show_a_secret_is_replaced() -> None:
    secret = "sk-" + "abcd1234" * 3

    def careless(view: ContainerView, settings: Settings) -> Iterator[Finding]:
        yield Finding("user", f"user is {secret}")

    assert isinstance(A01, ContainerRule)
    (verdict,) = verdicts_of(replace(A01, check=careless))
    assert secret not in verdict.message
    assert "agent: user violates A01; set containers.<name>.hardening.run_as" in verdict.message


def verdicts_of(broken: ContainerRule) -> list[Verdict]:
    (view,) = stack_view([container()]).containers
    return container_verdicts(broken, view, Terms(Level.MANDATORY, {}, UNTIL))
