"""Waivers by a rule's id: on each target, in the pack and offline, before their end, near it and after it."""

from __future__ import annotations

from datetime import date

import pytest

from fleet.labels import WAIVER_PREFIX
from policy.core.rule import Level, StackRule
from policy.core.settings import overlay
from policy.core.verdict import Kind, Terms, Verdict, single_verdicts, stack_verdicts
from policy.engine import pack
from policy.engine.catalogue import rule
from policy.readers.stack import stack_view
from policy.views.registered import Registered
from tests.policy.builders import container, gpu_container, machine
from tests.policy.cloudrun_builders import run_service
from tests.policy.engine.test_pack import analyze
from tests.policy.kubernetes_builders import cluster, pod_container, workload

TODAY = date(2026, 11, 21)
LONG = "2027-06-01 the vendor mends it in spring"


def _verdicts(rule_id: str, *resources: Registered, today: date = TODAY) -> list[Verdict]:
    asked = rule(rule_id)
    stack, terms = stack_view(resources), Terms(asked.level, overlay(asked, {}), today)
    return stack_verdicts(asked, stack, terms) if isinstance(asked, StackRule) else single_verdicts(asked, stack, terms)


def _no_limit(waiver: str) -> Registered:
    return container("agent", {f"{WAIVER_PREFIX}C01": waiver}, memory=None)


def test_a_waiver_makes_a_finding_advisory_and_says_why() -> None:
    (verdict,) = _verdicts("C01", _no_limit(LONG))
    assert (verdict.kind, verdict.level) == (Kind.WAIVED, Level.ADVISORY)
    assert verdict.waived == "waived until 2027-06-01: the vendor mends it in spring"
    assert verdict.message.endswith(verdict.waived)


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2027, 5, 1), ""),
        (date(2027, 5, 2), "; it ends in 30 days: fix this by then, or renew it"),
        (date(2027, 5, 31), "; it ends in 1 day: fix this by then, or renew it"),
        (date(2027, 6, 1), "; today is its last day: fix this by then, or renew it"),
    ],
)
def test_from_thirty_days_before_its_end_a_waiver_says_so(today: date, said: str) -> None:
    (verdict,) = _verdicts("C01", _no_limit(LONG), today=today)
    assert verdict.message.endswith(f"waived until 2027-06-01: the vendor mends it in spring{said}")


def test_a_waiver_that_ended_holds_no_longer_and_the_finding_says_so() -> None:
    (verdict,) = _verdicts("C01", _no_limit(LONG), today=date(2027, 6, 2))
    assert (verdict.kind, verdict.level) == (Kind.VIOLATION, Level.MANDATORY)
    assert verdict.message.endswith("; the waiver ended on 2027-06-01 (the vendor mends it in spring)")


def test_a_waiver_is_of_one_rule() -> None:
    for label in ("fleet.waiver.C02", "fleet.waiver.*", "fleet.waiver.", "fleet.waiver.c01"):
        (verdict,) = _verdicts("C01", container("agent", {label: LONG}, memory=None))
        assert verdict.kind is Kind.VIOLATION


def test_a_malformed_waiver_waives_nothing() -> None:
    (verdict,) = _verdicts("C01", _no_limit("for ever"))
    assert verdict.kind is Kind.VIOLATION
    assert verdict.message.endswith(
        "label fleet.waiver.C01 is not `<last day, as 2027-03-31> <reason>`, so it waives nothing"
    )


def test_a_secret_is_never_waived_away() -> None:
    bad = container("agent", {f"{WAIVER_PREFIX}F04": LONG}, envs=["API_TOKEN=abcdefgh12345678"])
    (verdict,) = _verdicts("F04", bad)
    assert (verdict.kind, verdict.level) == (Kind.VIOLATION, Level.MANDATORY)
    assert "label fleet.waiver.F04 waives nothing: F04 cannot be waived" in verdict.message


def test_gpu_memory_that_does_not_fit_is_never_waived_away() -> None:
    tags = {f"{WAIVER_PREFIX}G01": LONG, "fleet.gpu.request-mib": "20000", "fleet.gpu.limit-mib": "20000"}
    found = _verdicts("G01", machine(), gpu_container("one", tags), gpu_container("two", tags))
    assert found
    assert {verdict.kind for verdict in found} == {Kind.VIOLATION}


def test_a_rule_of_the_whole_stack_is_waived_for_the_container_it_names() -> None:
    tags = {f"{WAIVER_PREFIX}G14": LONG}
    port = [{"internal": 80, "external": 8080, "ip": "192.168.1.10"}]
    taken = [machine(), container("first", tags, ports=port), container("second", tags, ports=port)]
    found = _verdicts("G14", *taken)
    assert found
    assert {verdict.kind for verdict in found} == {Kind.WAIVED}


def test_a_rule_of_the_whole_stack_is_waived_for_the_pod_it_names() -> None:
    critical = workload(tags={f"{WAIVER_PREFIX}E06": LONG}, pod={"priorityClassName": "fleet-critical"})
    found = _verdicts("E06", cluster(), critical)
    assert len(found) == 3
    assert {verdict.kind for verdict in found} == {Kind.WAIVED}


def test_a_pod_is_waived_only_where_all_its_containers_are() -> None:
    two = [pod_container(), pod_container("sidecar")]
    host_path = {"volumes": [{"name": "tmp", "hostPath": {"path": "/srv"}}], "containers": two}
    tags = {f"{WAIVER_PREFIX}B08": LONG}
    (alone,) = _verdicts("B08", workload(tags=tags, pod={"volumes": host_path["volumes"]}))
    (other,) = _verdicts("B08", workload(tags=tags, pod=host_path))
    assert (alone.kind, other.kind) == (Kind.WAIVED, Kind.VIOLATION)


def test_a_service_of_cloud_run_takes_waivers_too() -> None:
    tags = {f"{WAIVER_PREFIX}R03": LONG}
    (waived,) = _verdicts("R03", run_service(tags=tags, ingress="INGRESS_TRAFFIC_ALL"))
    (bare,) = _verdicts("R03", run_service(ingress="INGRESS_TRAFFIC_ALL"))
    assert (waived.kind, bare.kind) == (Kind.WAIVED, Kind.VIOLATION)


def test_the_pack_reports_a_waived_finding_as_a_notice() -> None:
    far = container("agent", {f"{WAIVER_PREFIX}C01": "2999-01-01 the vendor mends it in spring"}, memory=None)
    messages = analyze(pack.policies(), far).messages
    assert "C01-memory-limit" not in messages
    ((message, urn),) = messages["notices"]
    assert message.startswith("C01 memory-limit: container agent: ")
    assert message.endswith("waived until 2999-01-01: the vendor mends it in spring")
    assert urn == far.urn
