"""C11 memory-fits."""

from __future__ import annotations

from fleet.labels import MEMORY_REQUEST_MIB
from policy.core.verdict import Kind
from policy.engine.catalogue import rule
from policy.views.registered import UNKNOWN, Registered
from tests.policy.builders import card, container, foreign_container, gpu_container, judged, machine, verdicts
from tests.policy.kubernetes_builders import cluster, node_pool, pod_container, workload

C11 = rule("C11")


def test_it_holds_when_requests_and_reserve_are_exactly_the_machine() -> None:
    first = container("first", {MEMORY_REQUEST_MIB: "4096"}, memory=8192)
    second = container("second", {MEMORY_REQUEST_MIB: "2048"}, memory=8192)
    assert judged(C11, machine(), first, second) == {}


def test_it_fails_one_mib_above_and_shows_every_share() -> None:
    first = container("first", {MEMORY_REQUEST_MIB: "4096"}, memory=8192)
    second = container("second", {MEMORY_REQUEST_MIB: "2049"}, memory=8192)
    found = judged(C11, machine(), first, second)
    assert list(found) == ["mainpc"]
    assert "first 4 096 + second 2 049 + reserve 2 048 = 8 193 of 8 192 MiB" in found["mainpc"]
    assert "lower containers.<name>.memory.request" in found["mainpc"]


def test_a_container_without_a_request_counts_with_its_limit() -> None:
    found = judged(C11, machine(), foreign_container("redis", memory=6145))
    assert "redis 6 145" in found["mainpc"]
    assert judged(C11, machine(), foreign_container("redis", memory=6144)) == {}


def test_many_small_shares_are_summed_up() -> None:
    many = [foreign_container(f"worker-{number:02}", memory=512) for number in range(14)]
    assert "2 more 1 024 + reserve" in judged(C11, machine(), *many)["mainpc"]


def test_it_holds_where_no_machine_is_known() -> None:
    assert judged(C11, foreign_container("redis", memory=10**9)) == {}


def test_a_container_whose_memory_is_unknown_is_left_out_and_named() -> None:
    found = verdicts(C11, machine(), foreign_container("redis", memory=UNKNOWN))
    assert [(verdict.kind, verdict.resource) for verdict in found] == [(Kind.UNKNOWN, "redis")]


def _asking(name: str, memory: str, replicas: int = 1, pool: str = "") -> Registered:
    resources = {"requests": {"memory": memory}, "limits": {"memory": "64Gi"}}
    pod = {"nodeSelector": {"fleet.local/pool": pool}} if pool else {}
    return workload(name, resources=resources, spec={"replicas": replicas}, pod=pod)


def test_on_a_cluster_it_holds_where_all_replicas_fit() -> None:
    assert judged(C11, cluster(memoryReserveMib=0), _asking("a", "16Gi", replicas=8)) == {}


def test_on_a_cluster_it_fails_one_replica_above() -> None:
    found = judged(C11, cluster(memoryReserveMib=0), _asking("a", "16Gi", replicas=9))
    assert "a/main 147 456 + reserve 0 = 147 456 of 131 072 MiB" in found["cluster"]


def test_on_a_cluster_init_containers_do_not_add_up() -> None:
    pod = {"initContainers": [pod_container("prepare", resources={"limits": {"memory": "200Gi"}})]}
    assert judged(C11, cluster(), workload(pod=pod)) == {}


def test_a_pool_has_an_end_of_its_own() -> None:
    two = node_pool(nodes=1, memoryMib=32768)
    found = judged(C11, cluster(nodePools={"gpu": two}), _asking("a", "16Gi", replicas=3, pool="gpu"))
    assert "too little memory in gpu: a/main 49 152 = 49 152 of 32 768 MiB" in found["cluster"]


def test_a_card_in_main_memory_is_part_of_the_sum() -> None:
    """4 096 + 1 536 and a context of 450 on the card + 2 048 of 8 192 MiB."""
    taking = gpu_container("eyes", {MEMORY_REQUEST_MIB: "4096"})
    unified = {"unified": True, "desktopReserveMib": 0}
    assert judged(C11, machine(gpus={"gpu0": card(**unified, contextMib=512)}), taking) == {}
    found = judged(C11, machine(gpus={"gpu0": card(**unified, contextMib=513)}), taking)
    assert "gpu0 (unified) 2 049 + reserve 2 048 = 8 193 of 8 192 MiB" in found["mainpc"]
    assert judged(C11, machine(gpus={"gpu0": card(contextMib=513)}), taking) == {}
    idle = container("idle", {MEMORY_REQUEST_MIB: "6144"})
    assert judged(C11, machine(gpus={"gpu0": card(unified=True)}), idle) == {}
