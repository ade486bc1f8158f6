"""G05 framework-agrees. The card of the tests has 24 564 MiB, the budget 6 144 MiB and one process."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fleet.cloudrun_limits import limits
from fleet.labels import GPU_CARD, GPU_ENFORCEMENT, GPU_LIMIT_MIB, GPU_PROCESSES, GPU_REQUEST_MIB
from fleet.targets.cloudrun.capacity import CARDS
from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import MPS_LIMIT, card, container, gpu_container, judged, machine, violation
from tests.policy.cloudrun_builders import GPU_LIMITS, blamed_on_run, gpu_service
from tests.policy.kubernetes_builders import GPU, GPU_TAGS, blamed, cluster, gpu_workload, node_pool

G05 = rule("G05")
SERVE = ["vllm", "serve", "meta-llama/Llama-3.1-8B"]
WHOLE = {GPU_REQUEST_MIB: "6144"}
"""The request is as much as the limit."""
API = ["python3", "-m", "vllm.entrypoints.openai.api_server"]


def _starts(*command: str, tags: dict[str, str] | None = None, **changes: Any) -> Registered:
    return gpu_container("bad", {**WHOLE, **(tags or {})}, command=list(command), **changes)


def _env(*values: str, tags: dict[str, str] | None = None) -> Registered:
    return gpu_container("bad", {**WHOLE, **(tags or {})}, envs=[f"{MPS_LIMIT}=0=6144M", *values])


@pytest.mark.parametrize(
    "command",
    [
        pytest.param([*SERVE, "--gpu-memory-utilization", "0.26"], id="in two words"),
        pytest.param([*SERVE, "--gpu-memory-utilization=0.26"], id="in one word"),
        pytest.param([*SERVE, "--gpu_memory_utilization=0.26"], id="with underscores"),
        pytest.param(["sh", "-c", "exec vllm serve m --gpu-memory-utilization 0.2"], id="in a shell's command"),
        pytest.param(
            [*SERVE, "--gpu-memory-utilization", "0.9", "--gpu-memory-utilization", "0.2"], id="the last counts"
        ),
        pytest.param([*SERVE, "--kv-cache-memory-bytes", "1G"], id="set in bytes"),
        pytest.param(["vllm", "bench"], id="no server"),
        pytest.param(["python3", "-m", "sglang.launch_server"], id="a default that is not one figure"),
        pytest.param(["python3", "-m", "assistant"], id="another program"),
    ],
)
def test_it_holds_for(command: list[str]) -> None:
    assert judged(G05, machine(), _starts(*command)) == {}


@pytest.mark.parametrize(
    ("command", "says"),
    [
        pytest.param([*SERVE, "--gpu-memory-utilization", "0.9"], '--gpu-memory-utilization is "0.9"', id="two words"),
        pytest.param([*SERVE, "--gpu-memory-utilization=0.9"], '--gpu-memory-utilization is "0.9"', id="one word"),
        pytest.param([*API, "--gpu_memory_utilization=0.9"], '--gpu-memory-utilization is "0.9"', id="underscores"),
        pytest.param(["sh", "-c", "vllm serve m --gpu-memory-utilization '0.9'"], 'is "0.9"', id="a shell"),
        pytest.param(SERVE, "is not set, so vLLM takes 0.9 (its default, unverified)", id="the default of a server"),
        pytest.param(API, "is not set, so vLLM takes 0.9 (its default, unverified)", id="the default of the module"),
    ],
)
def test_it_fails_for_vllm_with(command: list[str], says: str) -> None:
    message = violation(G05, _starts(*command), machine())
    assert says in message
    assert "22 108 MiB of gpu0 of mainpc (RTX 4090) with 24 564 MiB, above the request of 6 144 MiB" in message
    assert "use at most 0.26, or raise containers.main.gpu.request" in message


@pytest.mark.parametrize("image", ["vllm/vllm-openai:v0.11.0", "ghcr.io/acme/vllm-openai@sha256:" + "0" * 64])
def test_it_fails_for_the_image_of_a_server_without_a_setting(image: str) -> None:
    bad = gpu_container("bad", image=image, command=["--model", "m"])
    assert "so vLLM takes 0.9" in violation(G05, bad, machine())
    assert judged(G05, machine(), gpu_container(image=image, command=["python3", "-m", "other"])) == {}


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (["python3", "-m", "sglang.launch_server", "--mem-fraction-static", "0.8"], '--mem-fraction-static is "0.8"'),
        (["text-generation-launcher", "--cuda-memory-fraction=0.5"], '--cuda-memory-fraction is "0.5"'),
        (["text-generation-launcher"], "takes 1 (its default, unverified)"),
    ],
)
def test_it_fails_for_other_servers(command: list[str], says: str) -> None:
    assert says in violation(G05, _starts(*command), machine())


def test_what_is_kept_must_fit_the_request_and_a_burst_the_limit() -> None:
    """G01 sums requests: two servers that keep 0.25 of a card would fit it on paper, whatever their fraction."""
    small = {GPU_REQUEST_MIB: "1536"}
    kept = (
        "6 141 MiB of gpu0 of mainpc (RTX 4090) with 24 564 MiB, above the request of 1 536 MiB in its budget, and it"
    )
    for held in (
        _starts(*SERVE, "--gpu-memory-utilization=0.25", tags=small),
        _starts("python3", "-m", "sglang.launch_server", "--mem-fraction-static=0.25", tags=small),
        _starts("text-generation-launcher", "--cuda-memory-fraction=0.25", tags=small),
        _env("XLA_CLIENT_MEM_FRACTION=.25", tags=small),
    ):
        assert kept in violation(G05, held, machine())
    for burst in (
        _env("PYTORCH_ALLOC_CONF=per_process_memory_fraction:0.25", tags=small),
        _env("XLA_CLIENT_MEM_FRACTION=.25", "XLA_PYTHON_CLIENT_PREALLOCATE=0", tags=small),
        _starts(*SERVE, "--gpu-memory-utilization=0.25", tags={**small, GPU_ENFORCEMENT: "exclusive"}),
    ):
        assert judged(G05, machine(), burst) == {}


def test_ranks_need_as_many_cards() -> None:
    small = ["--gpu-memory-utilization=0.05"]
    for command, says in (
        ([*SERVE, *small, "--tensor-parallel-size", "2"], '--tensor-parallel-size is "2": 2 cards'),
        ([*SERVE, *small, "-tp=4"], '--tensor-parallel-size is "4": 4 cards'),
        ([*SERVE, *small, "--pipeline_parallel_size=2", "-tp", "2"], "4 cards"),
        ([*API, *small, "--data-parallel-size=3"], "3 cards"),
        (["python3", "-m", "sglang.launch_server", "--tp-size", "2"], "2 cards"),
        (["text-generation-launcher", "--cuda-memory-fraction=0.1", "--num-shard", "2"], "2 cards"),
        (["torchrun", "--nproc_per_node=2", "train.py"], "2 cards"),
        (["sh", "-c", "exec vllm serve m --gpu-memory-utilization 0.05 -tp 2"], "2 cards"),
    ):
        message = violation(G05, _starts(*command), machine())
        assert says in message, command
        assert "the container has 1 card, so it ends at its start; lower it to 1" in message
    assert 'env NUM_SHARD is "2": 2 cards' in violation(G05, _env("NUM_SHARD=2"), machine())
    for command in (["torchrun", "--nproc-per-node", "gpu", "x.py"], [*SERVE, *small, "-tp", "1"], ["x", "-tp"]):
        assert judged(G05, machine(), _starts(*command)) == {}, command


@pytest.mark.parametrize("value", ["much", "", "nan", "-1"])
def test_it_fails_for_what_is_no_fraction(value: str) -> None:
    bad = _starts(*SERVE, f"--gpu-memory-utilization={value}")
    assert "args is not a fraction: --gpu-memory-utilization is" in violation(G05, bad, machine())


def test_two_servers_in_one_container_count_together() -> None:
    each = {"command": [*SERVE, "--gpu-memory-utilization", "0.2"]}
    one, two = (f"FLEET_AGENTS={json.dumps(dict.fromkeys(names, each))}" for names in ("A", "AB"))
    assert judged(G05, machine(), _env(one)) == {}
    assert "9 826 MiB of gpu0" in violation(G05, _env(two), machine())


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(["XLA_CLIENT_MEM_FRACTION=.25"], id="JAX, as much as there is"),
        pytest.param(
            ["XLA_PYTHON_CLIENT_PREALLOCATE=false", "XLA_PYTHON_CLIENT_MEM_FRACTION=.9"], id="JAX as it needs"
        ),
        pytest.param(["XLA_PYTHON_CLIENT_ALLOCATOR=platform", "XLA_CLIENT_MEM_FRACTION=.9"], id="JAX without a pool"),
        pytest.param(["PYTORCH_CUDA_ALLOC_CONF=max_split_size_mb:128"], id="PyTorch without a fraction"),
        pytest.param(["PYTORCH_ALLOC_CONF=per_process_memory_fraction:0.25"], id="PyTorch"),
    ],
)
def test_it_holds_for_an_environment_of(values: list[str]) -> None:
    assert judged(G05, machine(), _env(*values)) == {}


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (["XLA_CLIENT_MEM_FRACTION=.75"], 'env XLA_CLIENT_MEM_FRACTION is ".75"'),
        (["XLA_PYTHON_CLIENT_MEM_FRACTION=.75"], 'env XLA_PYTHON_CLIENT_MEM_FRACTION is ".75"'),
        (["XLA_PYTHON_CLIENT_PREALLOCATE=true"], "XLA_CLIENT_MEM_FRACTION is not set, so JAX takes 0.75"),
        (["PYTORCH_CUDA_ALLOC_CONF=a:1, per_process_memory_fraction:0.75"], "per_process_memory_fraction:0.75"),
    ],
)
def test_it_fails_for_an_environment_with(values: list[str], says: str) -> None:
    message = violation(G05, _env(*values), machine())
    assert says in message
    assert "18 423 MiB of gpu0" in message


def test_each_process_takes_its_fraction_again() -> None:
    values = "XLA_CLIENT_MEM_FRACTION=.2"
    assert judged(G05, machine(), _env(values)) == {}
    assert "9 826 MiB" in violation(G05, _env(values, tags={GPU_PROCESSES: "2"}), machine())


def test_a_container_without_a_budget_is_another_rules_matter() -> None:
    assert judged(G05, machine(), container(command=SERVE)) == {}
    assert judged(G05, _starts(*SERVE)) == {}, "no card is known"


class TestOnACluster:
    """A card is whole, shared, or a part that HAMi allocates."""

    def test_it_fails_for_a_fraction_above_the_budget(self) -> None:
        pools = cluster(nodePools={"gpu": node_pool(gpuSharing="whole-device")})
        message = blamed(G05, gpu_workload("bad", args=[*SERVE, "--gpu-memory-utilization=0.95"]), pools)
        assert "21 883 MiB of a card of pool gpu of cluster with 23 034 MiB, above the limit of" in message
        assert judged(G05, pools, gpu_workload(args=[*SERVE, "--gpu-memory-utilization=0.9"])) == {}

    def test_what_is_kept_of_a_shared_card_must_fit_the_request(self) -> None:
        pools = cluster(nodePools={"gpu": node_pool(gpuSharing="shared-device")})
        message = blamed(G05, gpu_workload("bad", args=[*SERVE, "--gpu-memory-utilization=0.9"]), pools)
        assert "20 731 MiB of a card of pool gpu of cluster with 23 034 MiB, above the request of 6 656 MiB" in message
        assert judged(G05, pools, gpu_workload(args=[*SERVE, "--gpu-memory-utilization=0.28"])) == {}

    def test_a_part_of_a_card_is_a_card_to_what_runs_in_it(self) -> None:
        pools = cluster(nodePools={"gpu": node_pool(gpuSharing="memory-amount")})
        asked = {**GPU, "limits": {**GPU["limits"], "nvidia.com/gpumem": "6594"}}
        tags = {**GPU_TAGS, GPU_LIMIT_MIB: "6144", "fleet.gpu.request-mib": "4096"}
        assert judged(G05, pools, gpu_workload(tags=tags, args=SERVE, resources=asked)) == {}
        larger = {**GPU, "limits": {**GPU["limits"], "nvidia.com/gpumem": "12288"}}
        message = blamed(G05, gpu_workload("bad", tags=tags, args=SERVE, resources=larger), pools)
        assert "11 060 MiB of a slice of a card of pool gpu of cluster with 12 288 MiB" in message

    def test_a_server_over_two_cards_takes_its_part_of_each(self) -> None:
        """The budget is for each card, too."""
        pools = cluster(nodePools={"gpu": node_pool(gpus=2)})
        two = {**GPU, "limits": {**GPU["limits"], "nvidia.com/gpu": "2"}}
        spread = [*SERVE, "--tensor-parallel-size", "2"]
        args = [*spread, "--gpu-memory-utilization=0.9"]
        assert judged(G05, pools, gpu_workload(args=args, resources=two)) == {}
        args = [*spread, "--gpu-memory-utilization=0.95"]
        assert "21 883 MiB of a card of pool" in blamed(G05, gpu_workload("bad", args=args, resources=two), pools)


class TestOnSeveralCards:
    """A container of a Docker machine with two cards; its budget is for each."""

    TWO = machine(gpus={"gpu0": card(mps=False), "gpu1": card(mps=False, capacityMib=49140, model="A6000")})

    @staticmethod
    def _spread(*more: str, cards: str = "gpu0,gpu1", env: tuple[str, ...] = (), **tags: str) -> Registered:
        tags = {**WHOLE, GPU_CARD: cards, **tags}
        return gpu_container("bad", tags, command=[*SERVE, "--gpu-memory-utilization=0.13", *more], envs=list(env))

    def test_as_many_ranks_as_cards(self) -> None:
        for ranks in ("2", "1"):
            assert judged(G05, self.TWO, self._spread("--tensor-parallel-size", ranks)) == {}
        message = violation(G05, self._spread("--tensor-parallel-size", "3"), self.TWO)
        assert '--tensor-parallel-size is "3": 3 cards, but the container has 2 cards, so it ends at its' in message
        assert "lower it to 2, or raise containers.main.gpu.cards" in message

    def test_the_largest_card_is_the_one_that_a_fraction_takes_most_of(self) -> None:
        message = violation(G05, self._spread("--gpu-memory-utilization=0.2"), self.TWO)
        assert "9 828 MiB of gpu1 of mainpc (A6000) with 49 140 MiB, above the request of 6 144 MiB" in message
        assert message.count("\n") == 0

    def test_variables_show_as_many_as_there_are(self) -> None:
        for cards, shown_as in (("gpu0", "1"), ("gpu0,gpu1", "0,2"), ("gpu0", "0, 1")):
            for name in ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES"):
                bad = self._spread(cards=cards, env=(f"{name}={shown_as}",))
                assert f'env {name} is "{shown_as}", but the container has' in violation(G05, bad, self.TWO)
        for good in ("0,1", "1", "0", "", "GPU-aaaa", "-1"):
            assert judged(G05, self.TWO, self._spread(env=(f"CUDA_VISIBLE_DEVICES={good}",))) == {}, good


class TestOnCloudRun:
    """An instance has a card of a kind that is known."""

    def test_it_fails_for_a_fraction_above_the_budget(self) -> None:
        serving = {"resources": {"limits": GPU_LIMITS}, "args": SERVE}
        message = blamed_on_run(G05, gpu_service("bad", main=serving))
        assert "22 119 MiB of a card (nvidia-l4) with 24 576 MiB, above the limit of 20 480 MiB" in message

    def test_it_holds_for_a_fraction_of_the_budget(self) -> None:
        serving = {"resources": {"limits": GPU_LIMITS}, "args": [*SERVE, "--gpu-memory-utilization", "0.8"]}
        assert judged(G05, gpu_service(main=serving)) == {}

    def test_the_cards_have_the_memory_that_the_planner_counts_with(self) -> None:
        planned = {str(card): int(memory.removesuffix("GiB")) * 1024 for card, (_, memory) in CARDS.items()}
        assert {name: card.gpu_memory for name, card in limits().gpus.items()} == planned
