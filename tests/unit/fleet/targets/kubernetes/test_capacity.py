"""What a pod reserves on a cluster, and elsewhere."""

from __future__ import annotations

from fleet.model import Stack
from fleet.targets.registry import target_of
from tests.unit.fleet.model.test_cluster import cluster
from tests.unit.fleet.models import make_container, make_machine


def test_a_cluster_promises_a_gpu_container_all_the_memory_it_may_use() -> None:
    memory = {"memory": {"request": "1GiB", "limit": "4GiB"}}
    gpu = {"request": "1GiB", "limit": "2GiB", "enforcement": "exclusive"}
    with_card = make_container(build={"variant": "cuda"}, gpu=gpu, **memory)
    stack = Stack(name="cluster", machine=cluster())
    kubernetes = target_of(stack)
    assert kubernetes.reserved(stack, with_card).memory_request_mib == 4096
    assert kubernetes.reserved(stack, make_container(**memory)).memory_request_mib == 1024
    without = stack.model_copy(update={"without_gpu": True})
    assert kubernetes.reserved(without, with_card).memory_request_mib == 1024
    board = Stack(name="pi", machine=make_machine())
    assert target_of(board).reserved(board, with_card).memory_request_mib == 1024
