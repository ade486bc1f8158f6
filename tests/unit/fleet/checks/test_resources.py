"""Judgement of things: volumes and devices, images, targets, and exceptions that end."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from fleet.checks.hardening import ensure_exceptions_are_current
from fleet.targets.features import Feature
from tests.unit.builders import (
    Change,
    assert_accepted,
    assert_refused,
    chain,
    faults_of,
    place,
    planned,
    small_group,
    small_stack,
    swap,
    under,
    write_project,
)

READY = "image: {reference: 'registry.example/redis:7', platforms: [%s]}"
PROBE = "health: {command: [/bin/ready]}"


def on_pi(group: str, **machine: str) -> dict[str, Change]:
    """A third machine `pi` that runs one group `small`."""
    return {"small": group, "stack_pi": small_stack("pi", "small", **machine)}


def test_a_volume_for_one_writer_with_two_is_refused(tmp_path: Path) -> None:
    message = (
        "containers.main.mounts.memory-data: memory-data takes one writer, and memory-stack.main writes it too; "
        "set read_only: true here, or give it a volume of its own"
    )
    mount = "      memory-data: {path: /data%s}"
    change = under("huggingface-cache:", mount % "")
    assert_refused(tmp_path, "vision_gpu", "memory-data:", message, vision_gpu=change)
    assert_accepted(tmp_path, vision_gpu=under("huggingface-cache:", mount % ", read_only: true"))


def test_a_sidecar_counts_as_a_second_writer(tmp_path: Path) -> None:
    change = chain(swap("tuning-data: {kind: data,", "tuning-data: {kind: data, writers: one,"))
    assert_accepted(tmp_path, utility_gpu=change)
    second = "    mounts: {'tuning-data': {path: /data}}"
    message = (
        "containers.helpers.mounts.tuning-data: tuning-data takes one writer, and utility-gpu.main writes it too; "
        "set read_only: true here, or give it a volume of its own"
    )
    assert_refused(tmp_path, "utility_gpu", second, message, utility_gpu=chain(change, under("{request: 500m", second)))


def test_a_volume_for_many_writers_takes_many(tmp_path: Path) -> None:
    assert_accepted(tmp_path, vision_gpu=under("huggingface-cache:", "      system-logs: {path: /logs}"))


def test_a_mounted_volume_is_declared_on_its_machine(tmp_path: Path) -> None:
    message = (
        "containers.main.mounts.speech-data: speech-data is declared by no group on mainpc; declare it under volumes "
        "(audio-scratch, huggingface-cache, memory-data, observability-data, system-logs, tuning-data)"
    )
    change = under("huggingface-cache:", "      speech-data: {path: /content}")
    assert_refused(tmp_path, "vision_gpu", "speech-data", message, vision_gpu=change)


def test_a_volume_of_another_machine_cannot_be_mounted(tmp_path: Path) -> None:
    change = under("huggingface-cache:", "      tutor-content: {path: /content}")
    (fault,) = faults_of(write_project(tmp_path, vision_gpu=change))
    assert "tutor-content is declared by no group on mainpc" in fault


def test_a_sandbox_needs_the_volumes_of_its_groups_too(tmp_path: Path) -> None:
    change = chain(swap("memory: 4GiB", "memory: 8GiB"), under("- memory-stack", "    - vision-gpu"))
    (fault,) = faults_of(write_project(tmp_path, local=change))
    assert "huggingface-cache is declared by no group on local" in fault


@pytest.mark.parametrize("path", ["/models", "/tmp"])
def test_two_things_mounted_at_one_path_are_refused(tmp_path: Path, path: str) -> None:
    change = under("huggingface-cache:", f"      system-logs: {{path: {path}}}")
    assert faults_of(write_project(tmp_path, vision_gpu=change)) != []


def test_a_secret_named_twice_is_refused(tmp_path: Path) -> None:
    change = under("shared_memory", "    secrets: [face-key, face-key]")
    assert faults_of(write_project(tmp_path, vision_gpu=change)) != []


def test_a_new_volume_is_mounted_where_its_agents_may_write(tmp_path: Path) -> None:
    message = (
        "containers.main.mounts.tutor-content.path: /lessons could not be written: the image has no such folder for a "
        "new volume to follow; use one of /data, /cache, /content, /logs, /models, /observability, /scratch"
    )
    project = write_project(tmp_path, tutor_suite_cpu=swap("path: /content", "path: /lessons"))
    assert f"{place(project, 'tutor_suite_cpu', '/lessons')}: {message}" in faults_of(project)
    assert_accepted(tmp_path, tutor_suite_cpu=swap("path: /content", "path: /lessons, read_only: true"))


def test_a_volume_declared_twice_on_a_machine_is_refused(tmp_path: Path) -> None:
    message = (
        "volumes.memory-data: memory-data is declared by memory-stack too, on mainpc; "
        "declare it once; the other group mounts it by name"
    )
    change = under("tuning-data: {kind", "  memory-data: {kind: data}")
    assert_refused(tmp_path, "utility_gpu", "memory-data:", message, utility_gpu=change)


def test_one_volume_name_on_each_of_two_machines_is_accepted(tmp_path: Path) -> None:
    assert_accepted(tmp_path, memory_reasoning_gpu=under("reasoning-memory: {kind", "  memory-data: {kind: data}"))


def test_a_bind_belongs_to_a_volume_of_the_machine(tmp_path: Path) -> None:
    message = "machine.binds.sistem-logs: sistem-logs is no volume of its groups; remove it, or correct the name"
    assert_refused(tmp_path, "pc2", "sistem-logs", message, pc2=swap("system-logs:", "sistem-logs:"))


def test_a_device_the_machine_does_not_offer_is_refused(tmp_path: Path) -> None:
    message = (
        "containers.streams.devices.0: /dev/snd is no device mainpc offers; "
        "add it under machine.devices of that stack, or drop it"
    )
    change = swap("/dev/snd: {group_id: 29}", "/dev/dri: {group_id: 44}")
    assert_refused(tmp_path, "audio_emotion", "/dev/snd", message, mainpc=change)


def test_an_image_for_the_machines_processor_only_is_accepted(tmp_path: Path) -> None:
    assert_accepted(tmp_path, **on_pi(small_group(image=READY % "arm64", main=PROBE), arch="arm64"))


def test_an_amd64_image_on_an_arm64_machine_is_refused(tmp_path: Path) -> None:
    message = (
        "containers.main.image.platforms: registry.example/redis:7 is for amd64 only, but pi is arm64; "
        "use an image for arm64, or move the group"
    )
    changes = on_pi(small_group(image=READY % "amd64", main=PROBE), arch="arm64")
    assert_refused(tmp_path, "small", "image:", message, **changes)
    assert_accepted(tmp_path, **on_pi(small_group(image=READY % "amd64", main=PROBE), arch="amd64"))


def test_a_cuda_build_on_an_arm64_machine_is_refused(tmp_path: Path) -> None:
    project = write_project(tmp_path, pc2=swap("arch: amd64", "arch: arm64"))
    message = "CUDA images are built for amd64 only, but pc2 is arm64; set variant: cpu, or move the group"
    assert faults_of(project) == [
        f"{place(project, name, 'variant: cuda')}: containers.main.build.variant: {message}"
        for name in ("memory_reasoning_gpu", "vision_dream_gpu")
    ]


def test_a_sandbox_of_another_processor_runs_stand_ins_of_cuda_groups(tmp_path: Path) -> None:
    change = chain(
        swap("memory: 4GiB", "memory: 8GiB"),
        under("- memory-stack", "    - vision-dream-gpu"),
        swap("arch: amd64", "arch: arm64"),
    )
    assert_accepted(tmp_path, local=change)


def test_a_sandbox_of_another_processor_runs_stand_ins_of_ready_images(tmp_path: Path) -> None:
    changes = on_pi(small_group(image=READY % "amd64", main=PROBE), arch="amd64")
    local = chain(swap("arch: amd64", "arch: arm64"), under("- memory-stack", "    - small"))
    assert_accepted(tmp_path, local=local, **changes)


def test_a_target_that_cannot_be_built_is_refused(tmp_path: Path) -> None:
    message = """machine.target: "native" is not allowed; use 'docker', 'kubernetes' or 'cloudrun'"""
    changes = on_pi(small_group(), class_="hpc", target="native")
    assert_refused(tmp_path, "stack_pi", "target:", message, **changes)


def test_a_device_that_runs_no_containers_is_refused(tmp_path: Path) -> None:
    project = write_project(tmp_path, **on_pi(small_group(), class_="embedded"))
    (fault,) = faults_of(project)
    assert "machine.class: \"embedded\" is not allowed; use 'gaming-pc', " in fault


def test_a_device_class_and_its_target_go_together(tmp_path: Path) -> None:
    message = (
        'machine: target "docker" does not fit class "container-service"; '
        "set target to cloudrun or kubernetes, or another class"
    )
    assert_refused(tmp_path, "stack_pi", "fleet:machine:", message, **on_pi(small_group(), class_="container-service"))


def test_a_feature_docker_has_in_another_way_is_a_degradation_and_no_fault(tmp_path: Path) -> None:
    change = under("memory: {request: 3GiB", "    secrets: [face-key]")
    plan = planned("mainpc", assert_accepted(tmp_path, vision_gpu=change).fleet)
    assert plan.degradations[Feature.SECRETS] == ("vision-gpu",)


def test_a_ready_image_on_docker_brings_its_own_health_command(tmp_path: Path) -> None:
    project = write_project(tmp_path, **on_pi(small_group(image=READY % "amd64")))
    (fault,) = faults_of(project)
    assert fault.startswith(
        f"{place(project, 'small', '  main:')}: containers.main.health: "
        "not supported on pi (docker): HTTP health check of an image without the agent host; "
    )
    assert_accepted(tmp_path, **on_pi(small_group(image=READY % "amd64", main=PROBE)))


def weakened(until: str) -> Change:
    exception = f"{{run_as: {{reason: reads the camera, until: {until}}}}}"
    return under("{request: 500m", f'    hardening: {{run_as: "0:0", exceptions: {exception}}}')


def test_an_exception_that_ended_is_refused(tmp_path: Path) -> None:
    message = (
        "containers.main.hardening.exceptions.run_as.until: the exception for run_as ended on 2024-02-29; "
        "harden run_as again, or decide anew and set a later day"
    )
    assert_refused(tmp_path, "tutor_suite_cpu", "until:", message, tutor_suite_cpu=weakened("2024-02-29"))


def test_an_exception_holds_on_its_last_day_and_not_on_the_next(tmp_path: Path) -> None:
    last = date(2999, 12, 31)
    project = assert_accepted(tmp_path, tutor_suite_cpu=weakened(last.isoformat()))
    assert list(ensure_exceptions_are_current(project.fleet, project.sources, last)) == []
    assert len(list(ensure_exceptions_are_current(project.fleet, project.sources, last + timedelta(days=1)))) == 1


@pytest.mark.parametrize("until", ["someday", "2999-02-30", "30s"])
def test_an_end_date_that_is_none_is_refused(tmp_path: Path, until: str) -> None:
    faults = faults_of(write_project(tmp_path, tutor_suite_cpu=weakened(f'"{until}"')))
    assert len(faults) == 1
    assert f'exceptions.run_as.until: "{until}": input should be a valid date' in faults[0]


def test_what_the_fleet_mounts_itself_is_not_mounted_again(tmp_path: Path) -> None:
    for path in ("/dev/shm", "/run/secrets/face-key"):
        change = under("huggingface-cache:", f"      system-logs: {{path: {path}}}")
        faults = faults_of(write_project(tmp_path / path.replace("/", "-"), vision_gpu=change))
        assert any(f"{path} is mounted by the fleet itself" in fault for fault in faults)
