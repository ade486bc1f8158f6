"""G11 rollout-fits. A pool of the tests has two cards of 23 034 MiB, the machine one of 24 564 MiB."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fleet.labels import GPU_LIMIT_MIB, GPU_REQUEST_MIB
from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import gpu_container, judged, machine, violation
from tests.policy.cloudrun_builders import blamed_on_run, gpu_service, run_service
from tests.policy.kubernetes_builders import GPU, blamed, cluster, gpu_workload, node_pool, workload

G11 = rule("G11")
LARGE = {GPU_REQUEST_MIB: "12000", GPU_LIMIT_MIB: "12000"}


def _rolls(replicas: int = 2, strategy: dict[str, Any] | None = None, **changes: Any) -> Registered:
    return gpu_workload("bad", spec={"replicas": replicas, "strategy": strategy}, **changes)


def _rolling(surge: object, unavailable: object) -> dict[str, Any]:
    return {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}}


def _named(name: str | None, **more: Any) -> Registered:
    """A container next to which its successor does not fit."""
    one = gpu_container("bad", LARGE)
    return replace(one, inputs={**one.inputs, "name": name, **more})


class TestOnACluster:
    """A Deployment that may not miss a pod needs a spare card."""

    @pytest.mark.parametrize("strategy", [None, _rolling(1, 0), _rolling("50%", "0%"), _rolling(2, "25%")])
    def test_it_fails_where_the_new_pod_waits_for_the_card_of_the_old(self, strategy: dict[str, Any] | None) -> None:
        message = blamed(G11, _rolls(strategy=strategy), cluster())
        assert "no pod may be unavailable, but pool gpu of cluster (2 x L4) has no free card" in message
        assert "set rollout to {surge: 0, unavailable: 1}" in message

    @pytest.mark.parametrize("strategy", [_rolling(0, 1), _rolling(1, 1), _rolling("25%", "50%"), {"type": "Recreate"}])
    def test_it_holds_for(self, strategy: dict[str, Any]) -> None:
        assert judged(G11, cluster(), _rolls(strategy=strategy)) == {}

    def test_it_holds_with_a_card_to_spare(self) -> None:
        assert judged(G11, cluster(), _rolls(replicas=1)) == {}
        assert "bad" in judged(G11, cluster(), _rolls(replicas=1), gpu_workload("other"))

    def test_what_does_not_roll_or_has_no_gpu_needs_no_spare_card(self) -> None:
        full = cluster(nodePools={"gpu": node_pool(nodes=1)})
        assert judged(G11, full, gpu_workload(kind="apps/v1:StatefulSet"), workload("b")) == {}

    def test_places_on_a_shared_card_are_counted(self) -> None:
        shared = {"limits": {"nvidia.com/gpu.shared": "1", "memory": "8Gi", "cpu": "1"}}
        pools = cluster(nodePools={"gpu": node_pool(gpuSharing="shared-device", sharedReplicas=2)})
        assert judged(G11, pools, _rolls(replicas=3, resources=shared)) == {}
        assert blamed(G11, _rolls(replicas=4, strategy=_rolling(1, 0), resources=shared), pools)

    def test_memory_on_single_cards_is_counted_where_cards_are_handed_out_by_memory(self) -> None:
        pools = cluster(nodePools={"gpu": node_pool(gpuSharing="memory-amount")})
        asked = {**GPU, "limits": {**GPU["limits"], "nvidia.com/gpumem": "11000"}}
        assert judged(G11, pools, _rolls(replicas=3, resources=asked)) == {}
        assert blamed(G11, _rolls(replicas=4, strategy=_rolling(1, 0), resources=asked), pools)

    def test_a_pool_that_is_too_small_already_is_another_rules_matter(self) -> None:
        assert judged(G11, cluster(), _rolls(replicas=3)) == {}


class TestOnDocker:
    """A container is replaced by another of its name, or by one that starts first."""

    @pytest.mark.parametrize("name", [None, "bad-1f2e3d4"])
    def test_it_fails_for_a_container_whose_successor_finds_no_room(self, name: str | None) -> None:
        message = violation(G11, _named(name), machine())
        assert "gpu0 of mainpc (RTX 4090) holds 13 474 of 24 564 MiB, with no room for another 12 450 MiB" in message

    def test_it_holds_for_one_with_a_name_of_its_own(self) -> None:
        assert judged(G11, machine(), _named("vision-gpu")) == {}

    def test_it_fails_for_a_name_that_the_provider_says_it_made_up(self) -> None:
        bad = _named("any", __defaults=["name"])
        assert "its replacement starts first" in violation(G11, bad, machine())

    @pytest.mark.parametrize(("deletes_first", "holds"), [(True, True), (False, False)])
    def test_it_listens_to_the_option(self, deletes_first: bool, holds: bool) -> None:
        one = replace(gpu_container(tags=LARGE), deletes_first=deletes_first)
        assert (judged(G11, machine(), one) == {}) is holds

    def test_it_holds_with_room_for_both(self) -> None:
        assert judged(G11, machine(), gpu_container()) == {}


class TestOnCloudRun:
    """What each revision keeps warm counts for each, and the service's bound for all."""

    def test_it_fails_where_two_revisions_keep_more_than_there_may_be(self) -> None:
        inside = {"scaling": {"minInstanceCount": 2, "maxInstanceCount": 3}}
        bad = gpu_service("bad", inside, scaling={"maxInstanceCount": 3})
        message = blamed_on_run(G11, bad)
        assert "so 2 revisions need 4 during a rollout, but the service may have 3" in message

    @pytest.mark.parametrize("scaling", [{"maxInstanceCount": 4}, {"minInstanceCount": 3, "maxInstanceCount": 3}, None])
    def test_it_holds_with(self, scaling: dict[str, int] | None) -> None:
        each = 2 if scaling != {"minInstanceCount": 3, "maxInstanceCount": 3} else 0
        inside = {"scaling": {"minInstanceCount": each, "maxInstanceCount": 3}}
        assert judged(G11, gpu_service("a", inside, scaling=scaling)) == {}

    def test_it_says_nothing_of_a_service_without_a_gpu(self) -> None:
        inside = {"scaling": {"minInstanceCount": 2, "maxInstanceCount": 3}}
        assert judged(G11, run_service(inside=inside, scaling={"maxInstanceCount": 3})) == {}
