"""Rendering for Docker: a test for each trap of the provider or the daemon about what a container is and may do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pulumi_docker as docker
import pytest

from components.docker.render import render_container
from fleet.plan.caches import FOLDER
from fleet.source.secret_names import names_a_secret
from fleet.source.secrets import holds_secret_value
from tests.unit.builders import chain, planned, swap, under
from tests.unit.components.rendered import (
    Rendered,
    accepted_names,
    all_rendered,
    changed,
    every_container,
    gpu_containers,
    weakened_tutor,
)


@every_container
def test_every_argument_is_one_the_provider_knows(rendered: Rendered) -> None:
    assert rendered.keys() <= accepted_names(docker.Container)


@every_container
def test_all_capabilities_are_dropped_by_the_name_the_daemon_stores(rendered: Rendered) -> None:
    assert rendered["capabilities"] == {"drops": ["ALL"]}


def test_a_capability_given_back_has_its_prefix(tmp_path: Path) -> None:
    """The daemon stores CAP_NET_ADMIN for NET_ADMIN, and the container is replaced after any refresh."""
    rendered = weakened_tutor(tmp_path, capabilities="[CAP_NET_BIND_SERVICE]")
    assert rendered["capabilities"] == {"drops": ["ALL"], "adds": ["CAP_NET_BIND_SERVICE"]}


@every_container
def test_a_gpu_is_never_asked_for_in_the_short_form(rendered: Rendered) -> None:
    """`gpus="device=0,2"` becomes a count and ids at once, which the daemon refuses."""
    assert "gpus" not in rendered
    assert "runtime" not in rendered


def test_a_gpu_is_requested_by_id_and_never_by_count() -> None:
    for name in gpu_containers():
        assert all_rendered()[name]["device_requests"] == [
            {"driver": "nvidia", "device_ids": ["0"], "capabilities": ["gpu", "compute", "utility"]}
        ]


def test_a_container_without_a_budget_gets_no_gpu() -> None:
    others = all_rendered().keys() - gpu_containers()
    assert len(others) == 9
    for name in others:
        assert "device_requests" not in all_rendered()[name]
        assert not [env for env in all_rendered()[name]["envs"] if env.startswith(("NVIDIA", "CUDA"))]


@pytest.mark.parametrize(
    ("keys", "driver", "device"),
    [
        ("device: GPU-8f5c-11", "nvidia", "GPU-8f5c-11"),
        ("driver: cdi, device: nvidia.com/gpu=0", "cdi", "nvidia.com/gpu=0"),
    ],
)
def test_a_card_is_named_by_uuid_or_cdi_name_where_the_machine_says_so(
    tmp_path: Path, keys: str, driver: str, device: str
) -> None:
    lines = [f"        {line}" for line in keys.split(", ")]
    rendered = changed(tmp_path, "pc2", "vision-dream-gpu", pc2=under("model: RTX", *lines))
    (request,) = rendered["device_requests"]
    assert (request["driver"], request["device_ids"]) == (driver, [device])
    assert "count" not in request


@every_container
def test_nothing_is_uploaded_into_a_read_only_root(rendered: Rendered) -> None:
    assert rendered["read_only"] is True
    assert "uploads" not in rendered


@every_container
def test_no_seccomp_profile_is_named_by_path(rendered: Rendered) -> None:
    """The daemon wants the profile itself, and fails at the start of the container."""
    assert rendered["security_opts"] == ["no-new-privileges:true"]


def test_seccomp_is_switched_off_only_with_an_exception(tmp_path: Path) -> None:
    rendered = weakened_tutor(tmp_path, seccomp="unconfined")
    assert rendered["security_opts"] == ["no-new-privileges:true", "seccomp=unconfined"]


@every_container
def test_no_environment_variable_holds_or_names_a_secret(rendered: Rendered) -> None:
    """One secret in the list makes the whole list one, and anyone who may inspect the container reads it."""
    for env in rendered["envs"]:
        assert isinstance(env, str)
        assert not names_a_secret(env.partition("=")[0])
        assert not holds_secret_value(env)


@every_container
def test_environment_variables_are_set_once(rendered: Rendered) -> None:
    names = [env.partition("=")[0] for env in rendered["envs"]]
    assert len(names) == len(set(names))


@every_container
def test_memory_segments_are_private(rendered: Rendered) -> None:
    """`container:<name>` is resolved to an id by the daemon, and shows a change for ever."""
    assert rendered["ipc_mode"] == "private"
    shared_with_a_daemon = any(mount["target"] == "/dev/shm" for mount in rendered["mounts"])
    assert shared_with_a_daemon or rendered["shm_size"] >= 64
    assert not (shared_with_a_daemon and "shm_size" in rendered)


def test_the_hosts_memory_segments_come_with_an_exception_and_without_a_size(tmp_path: Path) -> None:
    rendered = weakened_tutor(tmp_path, host_ipc="true")
    assert rendered["ipc_mode"] == "host"
    assert "shm_size" not in rendered


@every_container
def test_users_and_groups_are_numbers(rendered: Rendered) -> None:
    """A name would be looked up in the image."""
    assert rendered["user"] == "10001:10001"
    assert all(gid.isdigit() for gid in rendered.get("group_adds", []))
    assert rendered["privileged"] is False


def test_the_sound_device_comes_with_its_hosts_group() -> None:
    rendered = all_rendered()["audio-emotion-streams"]
    assert rendered["devices"] == [{"host_path": "/dev/snd", "container_path": "/dev/snd", "permissions": "rwm"}]
    assert rendered["group_adds"] == ["29"]
    assert [name for name in all_rendered() if "devices" in all_rendered()[name]] == ["audio-emotion-streams"]


@every_container
def test_what_must_be_writable_is_memory_without_programs(rendered: Rendered) -> None:
    kernels = rendered["tmpfs"].get(FOLDER, "")
    assert {**rendered["tmpfs"], FOLDER: ""} == {"/tmp": "rw,nosuid,nodev,noexec,mode=1777,size=64m", FOLDER: ""}
    assert not kernels or (kernels.startswith("rw,nosuid,nodev,exec,mode=1777,size=") and "gpu" in str(rendered))


def test_a_folder_in_memory_may_be_executed_where_its_group_says_so(tmp_path: Path) -> None:
    hardening = "    hardening: {tmpfs: {/tmp: 8MiB, /kernels: 32MiB}, executable: [/kernels]}"
    rendered = changed(tmp_path, "pc2", "tutor-suite-cpu", tutor_suite_cpu=under("{request: 500m", hardening))
    assert rendered["tmpfs"] == {
        "/tmp": "rw,nosuid,nodev,noexec,mode=1777,size=8m",
        "/kernels": "rw,nosuid,nodev,exec,mode=1777,size=32m",
    }


@every_container
def test_everything_is_a_plain_value_known_at_preview(rendered: Rendered) -> None:
    def look(value: object) -> None:
        assert isinstance(value, (str, int, bool, list, dict)), value
        if isinstance(value, (list, dict)):
            for item in value.values() if isinstance(value, dict) else value:
                look(item)

    look(rendered)


def test_rendering_twice_gives_equal_and_separate_values() -> None:
    deployment = planned("pc2")
    first, second = (render_container(deployment.containers[0], deployment) for _ in range(2))
    assert first == second
    first["log_opts"]["max-size"] = first["networks_advanced"][0]["name"] = "changed"
    assert render_container(deployment.containers[0], deployment) == second


def test_several_cards_are_requested_by_their_ids(tmp_path: Path) -> None:
    second = ["      gpu1:", "        model: RTX 3060", "        memory: 12288MiB", "        device: GPU-8f5c-22"]
    second.append("        allocator: max_split_size_mb:128")
    widened = {
        "pc2": chain(under("model: RTX", "        device: GPU-8f5c-11"), under("gpus:", *second)),
        "vision_dream_gpu": swap("gpu: {", "gpu: {cards: 2, "),
        "memory_reasoning_gpu": swap("gpu: {", "gpu: {card: gpu0, "),
    }
    rendered = changed(tmp_path, "pc2", "vision-dream-gpu", **widened)
    (request,) = rendered["device_requests"]
    assert request["device_ids"] == ["GPU-8f5c-22", "GPU-8f5c-11"]
    assert "CUDA_VISIBLE_DEVICES=0,1" in rendered["envs"]
    assert {"label": "fleet.gpu.card", "value": "gpu1,gpu0"} in rendered["labels"]


def test_a_program_starts_as_its_group_says_and_else_as_its_image_does() -> None:
    plan = planned("mainpc")
    container = next(c for c in plan.containers if c.name == "vision-gpu")
    own = {"entrypoints", "working_dir", "tty"}
    assert not own & render_container(container, plan).keys()
    changes = {"entrypoint": ("/bin/x",), "working_dir": "/srv", "tty": True, "init": False, "own_labels": {"a": "1"}}
    rendered = render_container(replace(container, **changes), plan)
    assert (rendered["entrypoints"], rendered["working_dir"], rendered["tty"]) == (["/bin/x"], "/srv", True)
    assert rendered["init"] is False
    assert {"label": "a", "value": "1"} in rendered["labels"]


def test_the_parts_of_the_driver_are_those_of_the_budget(tmp_path: Path) -> None:
    change = swap("gpu: {", "gpu: {capabilities: [compute, utility, video], ")
    rendered = changed(tmp_path, "pc2", "vision-dream-gpu", vision_dream_gpu=change)
    (request,) = rendered["device_requests"]
    assert request["capabilities"] == ["gpu", "compute", "utility", "video"]
    assert "NVIDIA_DRIVER_CAPABILITIES=compute,utility,video" in rendered["envs"]
    unchanged = [env for each in all_rendered().values() for env in each["envs"]]
    assert [env for env in unchanged if env.startswith("NVIDIA_DRIVER")] == []
