"""G01 vram-sum on a cluster: by how each pool hands its cards out."""

from __future__ import annotations

from typing import Any

import pytest

from fleet.labels import GPU_LIMIT_MIB, GPU_PROCESSES, GPU_REQUEST_MIB, GROUP
from fleet.model import Cluster
from fleet.source.defaults import POOL_LABEL
from policy.core.verdict import Kind
from policy.engine.catalogue import rule
from policy.views.registered import UNKNOWN, Registered
from tests.policy.builders import judged, verdicts
from tests.policy.kubernetes_builders import cluster, gpu_workload, kubernetes, node_pool, workload

G01 = rule("G01")


def _pods(
    name: str,
    request: int = 6656,
    replicas: int = 1,
    limit: int = 20480,
    processes: int = 1,
    pool: str = "gpu",
    **asked: int,
) -> Registered:
    words = {"whole": "nvidia.com/gpu", "shared": "nvidia.com/gpu.shared", "mib": "nvidia.com/gpumem"}
    limits = {words[key]: str(count) for key, count in (asked or {"whole": 1}).items()}
    tags = {GROUP: name, GPU_REQUEST_MIB: str(request), GPU_LIMIT_MIB: str(limit), GPU_PROCESSES: str(processes)}
    return gpu_workload(name, tags, pool, resources={"limits": limits}, spec={"replicas": replicas})


def _cluster(**pool: Any) -> Registered:
    return cluster(nodePools={"cpu": node_pool(gpus=0), "gpu": node_pool(**pool)})


class TestWholeDevices:
    """As many pods as cards."""

    def test_they_fit_exactly(self) -> None:
        assert judged(G01, _cluster(), _pods("a"), _pods("b")) == {}
        assert judged(G01, _cluster(), _pods("a", replicas=2)) == {}

    def test_one_too_many_stays_pending(self) -> None:
        found = judged(G01, _cluster(), _pods("a", replicas=2), _pods("b"))
        assert list(found) == ["cluster"]
        assert "pools lack cards: a 2 + b 1 = 3 of 2 in pool gpu of cluster (2 x L4)" in found["cluster"]

    def test_the_least_of_a_scaler_counts(self) -> None:
        spec = {"scaleTargetRef": {"kind": "Deployment", "name": "a"}, "minReplicas": 3, "maxReplicas": 10}
        scaler = kubernetes("autoscaling/v2:HorizontalPodAutoscaler", "a", spec=spec)
        assert "a 3 = 3 of 2" in judged(G01, _cluster(), _pods("a"), scaler)["cluster"]

    def test_a_pod_of_two_cards_needs_a_node_of_two(self) -> None:
        found = judged(G01, _cluster(), _pods("a", whole=2))
        assert "devices_asked requests 2 cards, but a node of pool gpu of cluster (2 x L4) has 1" in found["a/main"]
        assert judged(G01, _cluster(gpus=2), _pods("a", whole=2)) == {}

    def test_pods_of_two_cards_do_not_share_a_third_with_another_node(self) -> None:
        found = judged(G01, _cluster(gpus=3), _pods("a", whole=2, replicas=3))
        assert (
            "pools have the cards, but not on single nodes: a 6 cards do not divide over pool gpu" in found["cluster"]
        )
        assert judged(G01, _cluster(gpus=3), _pods("a", whole=2, replicas=2), _pods("b", replicas=2)) == {}

    def test_a_budget_is_for_each_card(self) -> None:
        found = judged(G01, _cluster(gpus=2), _pods("a", whole=2, limit=23035))
        assert "label fleet.gpu.limit-mib is 23 035 MiB, above a card of pool gpu" in found["a/main"]

    def test_a_request_above_the_card_with_its_contexts(self) -> None:
        found = judged(G01, _cluster(), _pods("a", request=22585, limit=23034))
        assert "22 585 + contexts 1 x 450 = 23 035 MiB, above a card" in found["a/main"]
        assert judged(G01, _cluster(), _pods("a", request=22584, limit=23034)) == {}

    def test_a_limit_above_the_card(self) -> None:
        found = judged(G01, _cluster(), _pods("a", limit=23035))
        assert "label fleet.gpu.limit-mib is 23 035 MiB, above a card of pool gpu" in found["a/main"]


class TestSharedDevices:
    """Nothing places pods by memory, so those that may meet on a card must fit it."""

    POOL: dict[str, Any] = {"gpuSharing": "shared-device", "sharedReplicas": 2}  # noqa: RUF012

    def test_the_largest_that_may_meet_fit(self) -> None:
        pods = [_pods("a", 11000, shared=1), _pods("b", 11000, shared=1), _pods("c", 500, replicas=2, shared=1)]
        assert judged(G01, _cluster(**self.POOL), *pods) == {}

    def test_the_largest_that_may_meet_do_not_fit(self) -> None:
        pods = [_pods("a", 12000, shared=1), _pods("b", 11000, shared=1), _pods("c", 500, shared=1)]
        found = judged(G01, _cluster(**self.POOL), *pods)
        assert "these may meet on one, a 12 450 + b 11 450 = 23 900 of 23 034 MiB" in found["cluster"]

    def test_more_pods_than_places(self) -> None:
        found = judged(G01, _cluster(**self.POOL), _pods("a", 100, replicas=5, shared=1))
        assert "pools lack places (2 a card): a 5 = 5 of 4" in found["cluster"]

    def test_a_whole_device_is_not_what_the_pool_hands_out(self) -> None:
        found = judged(G01, _cluster(**self.POOL), _pods("a"))
        assert "devices_asked holds nvidia.com/gpu, but pool gpu" in found["a/main"]
        assert "allocates nvidia.com/gpu.shared (shared-device)" in found["a/main"]


class TestAmountsOfMemory:
    """HAMi allocates MiB of a card."""

    POOL: dict[str, Any] = {"gpuSharing": "memory-amount"}  # noqa: RUF012

    def test_they_fit(self) -> None:
        pods = [_pods("a", 10000, replicas=2, whole=1, mib=11517), _pods("b", 10000, replicas=2, whole=1, mib=11517)]
        assert judged(G01, _cluster(**self.POOL), *pods) == {}

    def test_the_pool_lacks_memory(self) -> None:
        pods = [_pods("a", 10000, replicas=5, whole=1, mib=11000)]
        found = judged(G01, _cluster(**self.POOL), *pods)
        assert "pools lack GPU memory: a 55 000 = 55 000 of 46 068 MiB" in found["cluster"]

    def test_the_pool_has_the_memory_but_not_on_single_cards(self) -> None:
        found = judged(G01, _cluster(**self.POOL), _pods("a", 12000, replicas=3, whole=1, mib=14000))
        assert "not on single cards: a 42 000 MiB do not divide over pool gpu" in found["cluster"]

    def test_an_amount_under_what_it_always_holds(self) -> None:
        found = judged(G01, _cluster(**self.POOL), _pods("a", 6656, processes=2, whole=1, mib=7000))
        assert "devices_asked holds 7 000 MiB (nvidia.com/gpumem) of a card, under the 7 556 MiB" in found["a/main"]

    def test_no_amount_means_a_whole_card_to_hami(self) -> None:
        found = judged(G01, _cluster(**self.POOL), _pods("a"))
        assert "allocates nvidia.com/gpu with nvidia.com/gpumem (memory-amount)" in found["a/main"]


def test_a_pool_without_cards_hands_out_none() -> None:
    found = judged(G01, _cluster(), _pods("a", pool="cpu"))
    assert "devices_asked requests a GPU, but pool cpu of cluster has none to allocate" in found["a/main"]


def test_a_pool_that_is_not_there_counts_nothing() -> None:
    assert 'pool is "moon", but cluster has cpu, gpu' in judged(G01, _cluster(), _pods("a", pool="moon"))["a/main"]


def test_without_a_pool_s_name_the_only_one_with_cards_is_meant() -> None:
    no_name = gpu_workload("a", pod={"nodeSelector": {}}, spec={"replicas": 3})
    assert "pools lack cards" in judged(G01, _cluster(), no_name)["cluster"]
    two = cluster(nodePools={"a": node_pool(), "b": node_pool()})
    assert "pool is not set, but cluster has a, b" in judged(G01, two, no_name)["a/main"]


def test_a_cluster_may_have_a_label_of_its_own_for_pools() -> None:
    own = cluster(nodePools={"a": node_pool(), "b": node_pool(nodes=1)}, poolLabel="cloud.example.com/nodepool")
    pod = gpu_workload("a", pod={"nodeSelector": {"cloud.example.com/nodepool": "b"}}, spec={"replicas": 2})
    assert "2 of 1 in pool b of cluster" in judged(G01, own, pod)["cluster"]


def test_the_usual_label_is_the_model_s() -> None:
    assert Cluster.model_fields["pool_label"].default == POOL_LABEL


def test_pods_without_a_gpu_do_not_count() -> None:
    assert judged(G01, _cluster(), workload(spec={"replicas": 50})) == {}


@pytest.mark.parametrize("spec", [pytest.param(UNKNOWN, id="unknown"), pytest.param("[secret]", id="hidden")])
def test_a_pod_that_cannot_be_seen_is_left_out_and_named(spec: object) -> None:
    kinds = {verdict.kind for verdict in verdicts(G01, _cluster(), workload(spec={"template": spec}))}
    assert kinds == {Kind.UNKNOWN}


def test_a_pool_of_another_maker_has_its_own_resource() -> None:
    pool = {"gpuVendor": "amd", "gpuResource": "amd.com/gpu", "gpus": 2}
    tags = {GROUP: "a", GPU_REQUEST_MIB: "6656", GPU_LIMIT_MIB: "20480", GPU_PROCESSES: "1"}

    def pods(resource: str, count: int) -> Registered:
        return gpu_workload("a", tags, "gpu", resources={"limits": {resource: str(count)}})

    assert judged(G01, _cluster(**pool), pods("amd.com/gpu", 2)) == {}
    found = judged(G01, _cluster(**pool), pods("amd.com/gpu", 3))
    assert "devices_asked requests 3 cards, but a node of pool gpu" in found["a/main"]
    found = judged(G01, _cluster(**pool), pods("nvidia.com/gpu", 1))
    assert (
        "devices_asked holds nvidia.com/gpu, but pool gpu of cluster (4 x L4) allocates amd.com/gpu" in found["a/main"]
    )
