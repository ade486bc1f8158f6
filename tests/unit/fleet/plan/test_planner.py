"""The plan: each container of a stack with nothing left to decide."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from fleet import labels
from fleet.errors import UnknownStackError
from fleet.model import VolumeKind
from fleet.model.program import Agent
from fleet.plan.planner import plan_stack
from fleet.targets.features import Feature
from tests.unit.builders import (
    LATER,
    Change,
    assert_accepted,
    assert_refused,
    chain,
    container,
    planned,
    shipped,
    small_group,
    swap,
    under,
)

COMMON = {
    "SERVICE_DISCOVERY_MODE": "container_dns",
    "BIND_ADDRESS": "0.0.0.0",  # noqa: S104
    "PORT_OFFSET": "0",
    "USER": "agent",
    "LOGNAME": "agent",
}


def caches(folder: str) -> dict[str, str]:
    """Variables of the caches of compilers and models."""
    programs = {
        "FLASHINFER_WORKSPACE_BASE": "flashinfer",
        "NUMBA_CACHE_DIR": "numba",
        "TORCHINDUCTOR_CACHE_DIR": "torchinductor",
        "TRITON_CACHE_DIR": "triton",
        "VLLM_CACHE_ROOT": "vllm",
    }
    return {"HF_HOME": "/models", **{variable: f"{folder}/{program}" for variable, program in programs.items()}}


def environment(stack: str, name: str) -> dict[str, str]:
    """What a container's agents read, without what the agent host reads."""
    env = container(planned(stack), name).env
    return {key: value for key, value in env.items() if not key.startswith("FLEET_") and key != "HOME"}


def test_a_gpu_container_of_mainpc_gets_all_it_may_know() -> None:
    assert environment("mainpc", "language-stack-gpu") == {
        **COMMON,
        "CONTAINER_ROLE": "language_stack_gpu",
        "MACHINE_TYPE": "mainpc",
        "CROSS_MACHINE_SYNC": "true",
        "CROSS_MACHINE_DISCOVERY_ENDPOINT": "tcp://pc2-discovery:8100",
        "PC2_OBSERVABILITY_ENDPOINT": "tcp://pc2-observability:9100",
        "GPU_MEMORY_LIMIT": "20480MiB",
        "CUDA_VISIBLE_DEVICES": "0",
        "CUDA_MPS_ACTIVE_THREAD_PERCENTAGE": "70",
        "CUDA_MPS_PIPE_DIRECTORY": "/dev/shm/mps",
        "CUDA_MPS_PINNED_DEVICE_MEM_LIMIT": "0=20480M",
        **caches("/var/cache/kernels"),
    }


def test_a_gpu_container_of_pc2_gets_all_it_may_know() -> None:
    assert environment("pc2", "vision-dream-gpu") == {
        **COMMON,
        "CONTAINER_ROLE": "vision_dream_gpu",
        "MACHINE_TYPE": "pc2",
        "CROSS_MACHINE_SYNC": "true",
        "CROSS_MACHINE_DISCOVERY_ENDPOINT": "tcp://mainpc-discovery:8000",
        "MAINPC_OBSERVABILITY_ENDPOINT": "tcp://mainpc-observability:9000",
        "GPU_MEMORY_LIMIT": "7168MiB",
        "CUDA_VISIBLE_DEVICES": "0",
        "PYTORCH_CUDA_ALLOC_CONF": "max_split_size_mb:128",
        **caches("/models/.kernels"),
    }


def test_a_container_of_the_sandbox_knows_no_gpu_and_no_other_machine() -> None:
    assert environment("local", "local-tutor-suite-cpu") == {
        **COMMON,
        "CONTAINER_ROLE": "tutor_suite_cpu",
        "MACHINE_TYPE": "local",
        "CROSS_MACHINE_SYNC": "false",
    }
    assert container(planned("local"), "local-tutor-suite-cpu").env["FLEET_STAND_IN"] == "true"


def test_a_cpu_sidecar_of_a_gpu_group_knows_no_gpu() -> None:
    env = environment("mainpc", "utility-gpu-helpers")
    assert not [name for name in env if "GPU" in name or "CUDA" in name]


def test_the_limit_under_mps_is_shared_by_the_processes_of_a_container(tmp_path: Path) -> None:
    """MPS caps each client process: all of a container's together must stay within its limit."""
    change = swap("gpu: {request: 1536MiB, limit: 6GiB", "gpu: {request: 1GiB, processes: 2, limit: 6145MiB")
    fleet = assert_accepted(tmp_path, vision_gpu=change).fleet
    env = container(planned("mainpc", fleet), "vision-gpu").env
    assert env["CUDA_MPS_PINNED_DEVICE_MEM_LIMIT"] == "0=3072M"
    assert env["GPU_MEMORY_LIMIT"] == "6145MiB"


def test_what_a_group_file_sets_wins(tmp_path: Path) -> None:
    change = under("shared_memory", "    env: {SERVICE_DISCOVERY_MODE: static, MY_SETTING: 'yes'}")
    env = container(planned("mainpc", assert_accepted(tmp_path, vision_gpu=change).fleet), "vision-gpu").env
    assert (env["SERVICE_DISCOVERY_MODE"], env["MY_SETTING"]) == ("static", "yes")
    assert list(env) == sorted(env)


def test_the_agent_host_gets_its_agents_with_their_commands() -> None:
    env = container(planned("mainpc"), "vision-gpu").env
    assert json.loads(env["FLEET_AGENTS"]) == {
        "FaceRecognitionAgent": {"command": ["python3", "-m", "assistant.vision_gpu.face_recognition_agent"]},
        "VRAMOptimizerAgent": {"command": ["python3", "-m", "assistant.vision_gpu.vram_optimizer_agent"]},
    }
    assert (env["FLEET_GROUP"], env["FLEET_CONTAINER"], env["FLEET_PORT"]) == ("vision-gpu", "main", "8000")


@pytest.mark.parametrize(
    ("name", "agent", "command"),
    [
        ("NLUAgent", {}, ("python3", "-m", "assistant.ears.nlu_agent")),
        ("GoTToTAgent", {}, ("python3", "-m", "assistant.ears.go_t_to_t_agent")),
        ("STTService", {"args": ["--fast"]}, ("python3", "-m", "assistant.ears.stt_service", "--fast")),
        ("Ear", {"module": "old.place.ear"}, ("python3", "-m", "old.place.ear")),
        ("Ear", {"script": "/app/ear.py", "args": ["-v"]}, ("python3", "/app/ear.py", "-v")),
        ("Ear", {"program": "/bin/ear"}, ("/bin/ear",)),
    ],
)
def test_an_agent_is_started_by_convention_or_as_it_says(
    name: str, agent: dict[str, object], command: tuple[str]
) -> None:
    assert Agent.model_validate(agent).command("assistant", "ears", name) == command


def test_an_agent_that_may_be_down_says_so_to_the_agent_host(tmp_path: Path) -> None:
    change = swap("FaceRecognitionAgent: {}", "FaceRecognitionAgent: {essential: false}")
    env = container(planned("mainpc", assert_accepted(tmp_path, vision_gpu=change).fleet), "vision-gpu").env
    agents = json.loads(env["FLEET_AGENTS"])
    assert agents["FaceRecognitionAgent"]["essential"] is False
    assert "essential" not in agents["VRAMOptimizerAgent"]


def test_an_agent_that_listens_itself_says_so_to_the_agent_host(tmp_path: Path) -> None:
    change = swap("FaceRecognitionAgent: {}", "FaceRecognitionAgent: {ports: [main]}")
    env = container(planned("mainpc", assert_accepted(tmp_path, vision_gpu=change).fleet), "vision-gpu").env
    agents = json.loads(env["FLEET_AGENTS"])
    assert agents["FaceRecognitionAgent"]["ports"] == ["main"]
    assert "ports" not in agents["VRAMOptimizerAgent"]


def test_main_is_named_after_its_group_and_a_sidecar_after_both() -> None:
    names = [found.name for found in planned("mainpc").containers if found.group == "audio-emotion"]
    assert names == ["audio-emotion", "audio-emotion-streams"]
    assert container(planned("mainpc"), "audio-emotion-streams").aliases == ("audio-emotion-streams",)


def test_names_of_a_sandbox_do_not_clash_with_those_of_a_machine_it_shares() -> None:
    assert {found.name for found in planned("local").containers} == {
        "local-core-platform",
        "local-memory-stack",
        "local-tutor-suite-cpu",
    }
    assert container(planned("local"), "local-core-platform").aliases == ("core-platform",)


def test_container_and_volume_names_are_unique_across_the_fleet_and_its_sandbox() -> None:
    containers = [found.name for stack in ("mainpc", "pc2", "local") for found in planned(stack).containers]
    volumes = [volume.name for stack in ("mainpc", "pc2", "local") for volume in planned(stack).volumes.values()]
    assert len(set(containers)) == len(containers) == 1 + 10 + 4 + 3
    assert len(set(volumes)) == len(volumes)


def test_each_container_has_an_image_of_its_own_and_stand_ins_share_the_agent_host() -> None:
    assert container(planned("mainpc"), "utility-gpu").image == "fleet.local/utility-gpu:0.1.0"
    assert container(planned("mainpc"), "utility-gpu-helpers").image == "fleet.local/utility-gpu-helpers:0.1.0"
    (stand_in,) = {found.image for found in planned("local").containers}
    assert re.fullmatch(r"fleet\.local/agent-host:0\.1\.0-[0-9a-f]{12}", stand_in)


def test_registry_and_tag_of_a_stack_name_its_images(tmp_path: Path) -> None:
    change = under("config:", "  fleet:images: {registry: 'ghcr.io/me', tag: '2.0'}")
    fleet = assert_accepted(tmp_path, pc2=change).fleet
    assert container(planned("pc2", fleet), "infra-core-cpu").image == "ghcr.io/me/infra-core-cpu:2.0"


def test_a_ready_image_is_taken_as_it_is(tmp_path: Path) -> None:
    reference = f"registry.example/redis:7@sha256:{'ab' * 32}"
    image = f"image: {{reference: '{reference}'}}"
    group = small_group(image=image, main="command: [redis-server]\nhealth: {command: [redis-cli, ping]}")
    fleet = assert_accepted(tmp_path, cache=group, pc2=under("- infra-core-cpu", "    - cache")).fleet
    found = container(planned("pc2", fleet), "cache")
    assert (found.image, found.command) == (reference, ("redis-server",))
    assert found.health.test == ("redis-cli", "ping")
    assert "FLEET_AGENTS" not in found.env


def test_a_secret_is_a_read_only_file_with_its_path_in_the_environment(tmp_path: Path) -> None:
    change = under("memory: {request: 3GiB", "    secrets: [face-key]")
    fleet = assert_accepted(tmp_path, vision_gpu=change).fleet
    found = container(planned("mainpc", fleet), "vision-gpu")
    assert found.secrets == ("face-key",)
    assert found.env["FACE_KEY_FILE"] == "/run/secrets/face-key"


def test_a_stand_in_is_given_no_secret(tmp_path: Path) -> None:
    change = under("{request: 500m", "    secrets: [tutor-key]")
    fleet = assert_accepted(tmp_path, tutor_suite_cpu=change).fleet
    found = container(planned("local", fleet), "local-tutor-suite-cpu")
    assert found.secrets == ()
    assert "TUTOR_KEY_FILE" not in found.env


def test_a_stack_can_run_without_its_gpus() -> None:
    plan = plan_stack(shipped(), "pc2", without_gpu=True)
    assert plan.gpus_dropped == ("memory-reasoning-gpu", "vision-dream-gpu")
    assert [card.requested_mib for card in plan.cards] == [0]
    for found in plan.containers:
        assert found.gpu is None
        assert not [name for name in [*found.env, *found.labels] if "gpu" in name.lower() or "CUDA" in name]
    assert planned("pc2").gpus_dropped == planned("local").gpus_dropped == ()


def test_a_stack_file_can_say_that_there_is_no_gpu(tmp_path: Path) -> None:
    change = under("config:", "  fleet:without_gpu: true")
    plan = planned("pc2", assert_accepted(tmp_path, pc2=change).fleet)
    assert plan.containers == plan_stack(shipped(), "pc2", without_gpu=True).containers


def test_groups_come_by_wave_and_name_and_start_after_neighbours_only() -> None:
    assert [(group.wave, group.name, group.start_after) for group in planned("mainpc").groups] == [
        (1, "core-platform", ()),
        (2, "memory-stack", ("core-platform",)),
        (3, "model-manager-gpu", ("memory-stack",)),
        (4, "language-stack-gpu", ("model-manager-gpu",)),
        (4, "reasoning-gpu", ("model-manager-gpu",)),
        (4, "utility-gpu", ("model-manager-gpu",)),
        (4, "vision-gpu", ("model-manager-gpu",)),
        (5, "audio-emotion", ("language-stack-gpu",)),
    ]


def test_a_sandbox_starts_its_groups_in_the_order_of_those_it_has() -> None:
    assert [(group.wave, group.name, group.start_after) for group in planned("local").groups] == [
        (1, "core-platform", ()),
        (1, "tutor-suite-cpu", ()),
        (2, "memory-stack", ("core-platform",)),
    ]


def test_starting_after_another_machine_is_a_listed_degradation(tmp_path: Path) -> None:
    change = swap("start_after: [infra-core-cpu]", "start_after: [infra-core-cpu, memory-stack]")
    plan = planned("pc2", assert_accepted(tmp_path, memory_reasoning_gpu=change).fleet)
    assert plan.degradations[Feature.CROSS_MACHINE_START] == ("memory-reasoning-gpu",)
    assert Feature.CROSS_MACHINE_START not in planned("pc2").degradations


def test_every_degradation_of_mainpc_is_listed_with_its_groups() -> None:
    everyone = shipped().stacks["mainpc"].groups
    assert dict(planned("mainpc").degradations) == {
        Feature.PROCESS_LIMIT: everyone,
        Feature.SHARED_NETWORK_IDENTITY: ("utility-gpu", "audio-emotion"),
        Feature.VOLUME_SIZE: ("model-manager-gpu",),
    }


def test_a_sandbox_keeps_its_containers_small() -> None:
    for found in planned("local").containers:
        assert (found.memory_request_mib, found.memory_cap_mib, found.cpu_cap_millicores) == (256, 256, 500)
        assert found.shared_memory_mib <= found.memory_cap_mib
        assert (found.gpu, found.devices, found.command) == (None, (), ())


def test_no_container_may_use_more_processors_than_its_machine_has(tmp_path: Path) -> None:
    change = swap("cpu: {request: 1, limit: 4}", "cpu: {request: 1, limit: 17}")
    message = "containers.main.cpu.limit: 17 CPUs exceed mainpc, which has 16; set it to 16 or less"
    assert_refused(tmp_path, "vision_gpu", "limit: 17", message, vision_gpu=change)


def test_volumes_are_named_after_their_machine_and_bound_where_it_says() -> None:
    volumes = planned("mainpc").volumes
    assert {key: (volume.name, volume.kind, volume.bind) for key, volume in volumes.items()} == {
        "observability-data": ("mainpc-observability-data", VolumeKind.DATA, "/data/observability"),
        "system-logs": ("mainpc-system-logs", VolumeKind.DATA, "/data/logs"),
        "memory-data": ("mainpc-memory-data", VolumeKind.DATA, None),
        "huggingface-cache": ("mainpc-huggingface-cache", VolumeKind.CACHE, "/data/models/huggingface"),
        "tuning-data": ("mainpc-tuning-data", VolumeKind.DATA, None),
        "audio-scratch": ("mainpc-audio-scratch", VolumeKind.SCRATCH, None),
        "gpu-sharing-gpu0": ("mainpc-gpu-sharing-gpu0", VolumeKind.SCRATCH, None),
    }


def test_a_device_comes_with_the_host_group_that_may_use_it() -> None:
    streams = container(planned("mainpc"), "audio-emotion-streams")
    assert (streams.devices, streams.device_groups) == (("/dev/snd",), (29,))


def test_labels_say_what_policies_read() -> None:
    assert dict(container(planned("mainpc"), "vision-gpu").labels) == {
        labels.GROUP: "vision-gpu",
        labels.CONTAINER: "main",
        labels.IMAGE_PLATFORMS: "amd64",
        labels.START_AFTER: "model-manager-gpu",
        labels.MEMORY_REQUEST_MIB: "3072",
        labels.GPU_CARD: "gpu0",
        labels.GPU_REQUEST_MIB: "1536",
        labels.GPU_LIMIT_MIB: "6144",
        labels.GPU_PROCESSES: "1",
        labels.GPU_ENFORCEMENT: "mps",
        labels.IMAGE_CUDA: "12.1",
        labels.SHARED_MEMORY_FOR: "facenet-pytorch,torch,torchvision",
        labels.SELF_HEALING: "true",
    }


def test_an_exception_travels_as_a_label_with_its_end_date_and_reason(tmp_path: Path) -> None:
    exception = f"{{read_only_root: {{reason: writes its own cache, until: {LATER}}}}}"
    change = under("{request: 500m", f"    hardening: {{read_only_root: false, exceptions: {exception}}}")
    fleet = assert_accepted(tmp_path, tutor_suite_cpu=change).fleet
    found = container(planned("pc2", fleet), "tutor-suite-cpu")
    assert found.labels["fleet.exception.read_only_root"] == f"{LATER} writes its own cache"


@pytest.mark.parametrize("stack", ["mainpc", "pc2", "local"])
def test_adding_an_unrelated_group_changes_no_other_container(tmp_path: Path, stack: str) -> None:
    """What changed with a neighbour would replace running containers."""
    changes: dict[str, Change] = {
        "newcomer": small_group(top="start_after: [core-platform]\npeers: [memory-stack]\nvolumes: {new-data: {}}"),
        "mainpc": under("- core-platform", "    - newcomer"),
        "local": under("- core-platform", "    - newcomer"),
    }
    fleet = assert_accepted(tmp_path, **changes).fleet
    before = {found.name: found for found in planned(stack).containers}
    after = {found.name: found for found in planned(stack, fleet).containers}
    assert {name: after[name] for name in before} == before
    assert after.keys() - before.keys() == {"mainpc": {"newcomer"}, "pc2": set(), "local": {"local-newcomer"}}[stack]


def test_a_group_that_leaves_changes_no_other_container(tmp_path: Path) -> None:
    changes: dict[str, Change] = {"reasoning_gpu": None, "mainpc": swap("    - reasoning-gpu\n", "")}
    before = {found.name: found for found in planned("mainpc").containers if found.group != "reasoning-gpu"}
    after = {found.name: found for found in planned("mainpc", assert_accepted(tmp_path, **changes).fleet).containers}
    assert after == before


def test_the_order_of_groups_in_a_stack_file_changes_nothing(tmp_path: Path) -> None:
    change = chain(
        swap("    - vision-gpu\n", ""), swap("    - core-platform\n", "    - vision-gpu\n    - core-platform\n")
    )
    fleet = assert_accepted(tmp_path, mainpc=change).fleet
    assert planned("mainpc", fleet).containers == planned("mainpc").containers


def test_an_unknown_stack_is_reported_with_the_nearest_one_or_all() -> None:
    with pytest.raises(UnknownStackError) as caught:
        plan_stack(shipped(), "mainpcc")
    message = str(caught.value)
    assert message == 'unknown stack "mainpcc"; did you mean mainpc? (or add Pulumi.mainpcc.yaml)'
    far = str(UnknownStackError("nowhere", {"pc2", "mainpc"}))
    assert far == 'unknown stack "nowhere"; use one of mainpc, pc2 (or add Pulumi.nowhere.yaml)'
