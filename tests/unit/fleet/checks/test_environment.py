"""Variables that the plan sets are not a group's to set."""

from __future__ import annotations

from pathlib import Path

from fleet.checks.environment import DEFAULTS
from fleet.model.allocator import VARIABLES
from fleet.model.base import ARGUMENT_BYTES_MAX
from tests.unit.builders import (
    agent_containers,
    assert_accepted,
    assert_refused,
    faults_of,
    shipped,
    small_group,
    under,
    with_pi,
    write_project,
)


def test_a_variable_of_the_plan_is_refused(tmp_path: Path) -> None:
    taken = []
    for name in (
        "FLEET_PORT", "FLEET_GROUP", "FLEET_AGENTS", "FLEET_ADDRESS_BOOK", "FLEET_STAND_IN", "FLEET_X",
        "CUDA_MPS_PIPE_DIRECTORY", "CUDA_MPS_PINNED_DEVICE_MEM_LIMIT", "CUDA_MPS_ACTIVE_THREAD_PERCENTAGE",
        "CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES", "GPU_MEMORY_LIMIT", "HUB_TOKEN_FILE",
        "BIND_ADDRESS", "CONTAINER_ROLE", "MACHINE_TYPE", "PORT_OFFSET", "CROSS_MACHINE_SYNC",
        "CROSS_MACHINE_DISCOVERY_ENDPOINT", "PC2_OBSERVABILITY_ENDPOINT", "MAINPC_OBSERVABILITY_ENDPOINT", "PYTHONHOME",
        "PYTHONSAFEPATH",
    ):  # fmt: skip
        change = under("shared_memory", f'    env: {{{name}: "0"}}', "    secrets: [hub-token]")
        faults = faults_of(write_project(tmp_path, vision_gpu=change))
        taken += [] if len(faults) == 1 and f".env.{name}: is set by the plan: " in faults[0] else [name]
    assert taken == []


def test_the_reason_is_given(tmp_path: Path) -> None:
    why = "is set by the plan: MPS enforces GPU memory limits by it; remove it"
    message = f"containers.main.env.CUDA_MPS_LOG_DIRECTORY: {why}"
    change = under("shared_memory", "    env: {CUDA_MPS_LOG_DIRECTORY: /logs}")
    assert_refused(tmp_path, "vision_gpu", "env:", message, vision_gpu=change)


def test_the_parts_of_the_driver_are_said_once(tmp_path: Path) -> None:
    """A device request of Docker overrides the variable."""
    message = "is set by the plan: it is capabilities in gpu; remove it"
    change = under("shared_memory", "    env: {NVIDIA_DRIVER_CAPABILITIES: all}")
    where = f"containers.main.env.NVIDIA_DRIVER_CAPABILITIES: {message}"
    assert_refused(tmp_path / "gpu", "vision_gpu", "env:", where, vision_gpu=change)
    assert_accepted(tmp_path / "cpu", core_platform=under("cpu:", "    env: {NVIDIA_DRIVER_CAPABILITIES: all}"))


def test_other_variables_are_the_groups(tmp_path: Path) -> None:
    names = (
        "PORT",
        "HOME",
        "fleet_port",
        "CUDA_LAUNCH_BLOCKING",
        "NCCL_DEBUG",
    )
    assert_accepted(tmp_path, vision_gpu=under("shared_memory", "    env:", *(f"      {n}: x" for n in names)))


def test_a_variable_that_linux_cannot_pass_on_is_refused(tmp_path: Path) -> None:
    most = ARGUMENT_BYTES_MAX - len("MOOD=")
    assert_accepted(tmp_path, vision_gpu=under("shared_memory", f"    env: {{MOOD: {'x' * most}}}"))
    change = under("shared_memory", f"    env: {{MOOD: {'x' * (most + 1)}}}")
    (fault,) = faults_of(write_project(tmp_path, vision_gpu=change))
    assert "has more than 131071 bytes with its name" in fault


def test_every_variable_of_a_plan_is_refused_or_a_default(tmp_path: Path) -> None:
    """Whatever the plan sets for a container of agents, its group may not set, save for the defaults."""
    planned = {
        name
        for stack in ("mainpc", "pc2")
        for container in agent_containers(stack)
        for name in container.env
        if name not in shipped().groups[container.group].containers[container.key].env
    }
    assert planned >= {"MACHINE_TYPE", "CUDA_MPS_PIPE_DIRECTORY", *DEFAULTS} - {"PYTORCH_CUDA_ALLOC_CONF", "TZ"}
    change = under("shared_memory", "    env:", *(f'      {name}: "0"' for name in sorted(planned)))
    faults = faults_of(write_project(tmp_path, vision_gpu=change))
    refused = {name for name in planned if any(f".env.{name}: is set by the plan: " in fault for fault in faults)}
    assert planned - refused == planned & DEFAULTS


def test_a_ready_image_has_its_own_meaning_for_the_names_of_agents(tmp_path: Path) -> None:
    image = "image: {reference: 'registry.example/vault:1'}"
    env = "health: {command: [/bin/ready]}\nenv: {BIND_ADDRESS: '[::]:8200', CONTAINER_ROLE: app, PATH: /bin}"
    assert_accepted(tmp_path, **with_pi(small_group(image=image, main=env)))


def test_the_programs_of_the_agent_host_are_found(tmp_path: Path) -> None:
    for value in ("/nowhere", "", "/usr/bin:/opt/venv/bin"):
        change = under("shared_memory", f"    env: {{PATH: '{value}'}}")
        (fault,) = faults_of(write_project(tmp_path, vision_gpu=change))
        assert f'.env.PATH: "{value}" does not start with /opt/venv/bin, the folder of' in fault
    assert_accepted(tmp_path, vision_gpu=under("shared_memory", "    env: {PATH: '/opt/venv/bin:/app/bin:/bin'}"))


def test_allocator_settings_that_pytorch_cannot_read_are_refused_in_variables_too(tmp_path: Path) -> None:
    for variable in VARIABLES:
        for value in ("garbage", "max_split_size_mb:10", "foo:1"):
            change = under("shared_memory", f'    env: {{{variable}: "{value}"}}')
            (fault,) = faults_of(write_project(tmp_path, vision_gpu=change))
            assert f"containers.main.env.{variable}: " in fault, value
        for value in ("", "max_split_size_mb:64, expandable_segments:True"):
            assert_accepted(tmp_path, vision_gpu=under("shared_memory", f'    env: {{{variable}: "{value}"}}'))
