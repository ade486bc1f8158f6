"""Volumes, devices and mounts: what is mounted exists, and one writer means one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.builders import assert_accepted, assert_refused, chain, faults_of, place, swap, under, write_project


def test_a_volume_for_one_writer_with_two_is_refused(tmp_path: Path) -> None:
    message = (
        "containers.main.mounts.memory-data: memory-data allows one writer, and memory-stack.main already writes it; "
        "set read_only: true here, or use a separate volume"
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
        "containers.helpers.mounts.tuning-data: tuning-data allows one writer, and utility-gpu.main already writes it; "
        "set read_only: true here, or use a separate volume"
    )
    assert_refused(tmp_path, "utility_gpu", second, message, utility_gpu=chain(change, under("{request: 500m", second)))


def test_a_volume_for_many_writers_takes_many(tmp_path: Path) -> None:
    assert_accepted(tmp_path, vision_gpu=under("huggingface-cache:", "      system-logs: {path: /logs}"))


def test_a_mounted_volume_is_declared_on_its_machine(tmp_path: Path) -> None:
    message = (
        "containers.main.mounts.speech-data: no group on mainpc declares speech-data; declare it under volumes "
        "(audio-scratch, huggingface-cache, memory-data, observability-data, system-logs, tuning-data)"
    )
    change = under("huggingface-cache:", "      speech-data: {path: /content}")
    assert_refused(tmp_path, "vision_gpu", "speech-data", message, vision_gpu=change)


def test_a_volume_of_another_machine_cannot_be_mounted(tmp_path: Path) -> None:
    change = under("huggingface-cache:", "      tutor-content: {path: /content}")
    (fault,) = faults_of(write_project(tmp_path, vision_gpu=change))
    assert "no group on mainpc declares tutor-content" in fault


def test_a_sandbox_needs_the_volumes_of_its_groups_too(tmp_path: Path) -> None:
    change = chain(swap("memory: 4GiB", "memory: 8GiB"), under("- memory-stack", "    - vision-gpu"))
    (fault,) = faults_of(write_project(tmp_path, local=change))
    assert "no group on local declares huggingface-cache" in fault


@pytest.mark.parametrize("path", ["/models", "/tmp"])
def test_two_things_mounted_at_one_path_are_refused(tmp_path: Path, path: str) -> None:
    change = under("huggingface-cache:", f"      system-logs: {{path: {path}}}")
    assert faults_of(write_project(tmp_path, vision_gpu=change)) != []


def test_a_secret_named_twice_is_refused(tmp_path: Path) -> None:
    change = under("shared_memory", "    secrets: [face-key, face-key]")
    assert faults_of(write_project(tmp_path, vision_gpu=change)) != []


def test_a_new_volume_is_mounted_where_its_agents_may_write(tmp_path: Path) -> None:
    message = (
        "containers.main.mounts.tutor-content.path: a new volume at /lessons is not writable: "
        "the image has no such folder; use one of /data, /cache, /content, /logs, /models, /observability, /scratch"
    )
    project = write_project(tmp_path, tutor_suite_cpu=swap("path: /content", "path: /lessons"))
    assert f"{place(project, 'tutor_suite_cpu', '/lessons')}: {message}" in faults_of(project)
    assert_accepted(tmp_path, tutor_suite_cpu=swap("path: /content", "path: /lessons, read_only: true"))


def test_a_volume_declared_twice_on_a_machine_is_refused(tmp_path: Path) -> None:
    message = (
        "volumes.memory-data: memory-stack on mainpc already declares memory-data; "
        "declare it once; the other group mounts it by name"
    )
    change = under("tuning-data: {kind", "  memory-data: {kind: data}")
    assert_refused(tmp_path, "utility_gpu", "memory-data:", message, utility_gpu=change)


def test_one_volume_name_on_each_of_two_machines_is_accepted(tmp_path: Path) -> None:
    assert_accepted(tmp_path, memory_reasoning_gpu=under("reasoning-memory: {kind", "  memory-data: {kind: data}"))


def test_a_bind_belongs_to_a_volume_of_the_machine(tmp_path: Path) -> None:
    message = (
        "machine.binds.sistem-logs: none of its groups declares volume sistem-logs; remove it, or correct the name"
    )
    assert_refused(tmp_path, "pc2", "sistem-logs", message, pc2=swap("system-logs:", "sistem-logs:"))


def test_a_device_the_machine_does_not_offer_is_refused(tmp_path: Path) -> None:
    message = (
        "containers.streams.devices.0: /dev/snd is not a device of mainpc; "
        "add it under machine.devices of that stack, or drop it"
    )
    change = swap("/dev/snd: {group_id: 29}", "/dev/video0: {group_id: 44}")
    assert_refused(tmp_path, "audio_emotion", "/dev/snd", message, mainpc=change)


def test_what_the_fleet_mounts_itself_is_not_mounted_again(tmp_path: Path) -> None:
    for path in ("/dev/shm", "/run/secrets/face-key"):
        change = under("huggingface-cache:", f"      system-logs: {{path: {path}}}")
        faults = faults_of(write_project(tmp_path / path.replace("/", "-"), vision_gpu=change))
        assert any(f"{path} is reserved" in fault for fault in faults)


def test_two_volumes_do_not_share_a_folder(tmp_path: Path) -> None:
    logs = "      system-logs: /data/logs"
    for folder, said in {
        "/data/observability": "is also the folder of observability-data",
        "/data/observability/logs": "is inside the folder of observability-data",
    }.items():
        (fault,) = faults_of(write_project(tmp_path, mainpc=swap(logs, f"      system-logs: {folder}")))
        assert f'machine.binds.system-logs: "{folder}" {said}; give each volume its own folder' in fault
    (fault, other) = faults_of(write_project(tmp_path, mainpc=swap(logs, "      system-logs: /data")))
    assert "is inside the folder of system-logs" in fault
    assert "is inside the folder of system-logs" in other
    assert_accepted(tmp_path, mainpc=swap(logs, "      system-logs: /data/observability-2"))


def test_no_volume_holds_the_secrets(tmp_path: Path) -> None:
    logs = "      system-logs: /data/logs"
    for folder in ("/srv/fleet/secrets", "/srv/fleet/secrets/x", "/srv/fleet", "/srv"):
        (fault,) = faults_of(write_project(tmp_path, mainpc=swap(logs, f"      system-logs: {folder}")))
        assert f'machine.binds.system-logs: "{folder}" overlaps secrets_folder (/srv/fleet/secrets)' in fault
    assert_accepted(tmp_path, mainpc=swap(logs, "      system-logs: /srv/fleet/secrets-of-others"))
