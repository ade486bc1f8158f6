"""A15 unique-uid."""

from __future__ import annotations

from fleet.labels import GPU_ENFORCEMENT, GROUP
from policy.core.rule import Level
from policy.engine.catalogue import rule
from tests.policy.builders import container, judged
from tests.policy.kubernetes_builders import cluster, pod_secure, workload

A15 = rule("A15")


def test_it_is_off_unless_configured() -> None:
    assert A15.level is Level.DISABLED


def test_it_holds_where_each_group_has_an_id() -> None:
    other = workload("other", tags={GROUP: "other"}, pod=pod_secure(runAsUser=20000))
    assert judged(A15, cluster(), workload(), other) == {}


def test_it_holds_for_the_containers_of_one_group() -> None:
    assert judged(A15, cluster(), workload(), workload("worker")) == {}


def test_it_fails_where_two_groups_share_an_id() -> None:
    found = judged(A15, cluster(), workload(), workload("other", tags={GROUP: "other"}))
    assert "user 10001 is also used by agent/main" in found["other/main"]


def test_on_docker_it_fails_where_two_groups_share_an_id() -> None:
    assert "user 10001 is also used by agent" in judged(A15, container(), container("other", {GROUP: "other"}))["other"]


def test_clients_of_mps_must_share_an_id() -> None:
    tags = {GROUP: "other", GPU_ENFORCEMENT: "mps"}
    assert judged(A15, container(), container("other", tags)) == {}
