"""Names on one machine: unique, short enough for DNS, and each role is played once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.builders import faults_of, small_group, small_stack, swap, under, write_project


def test_a_role_is_played_once_on_a_machine(tmp_path: Path) -> None:
    change = swap("main: {port: 8000, host_port: 8020}", "main: {port: 8000, host_port: 8020, service: observability}")
    assert faults_of(write_project(tmp_path, vision_gpu=change)) != []


@pytest.mark.parametrize("name", ["vision", "gpu_sharing_gpu0"])
def test_two_containers_of_one_name_are_refused(tmp_path: Path, name: str) -> None:
    side = "  gpu:\n    build: {}\n    command: [/bin/x]\n    memory: {request: 64MiB}\n    cpu: {limit: 1}\n"
    group = under("- core-platform", f"    - {name.replace('_', '-')}")
    project = write_project(tmp_path, **{name: small_group() + side, "mainpc": group})
    assert faults_of(project) != []


def test_a_container_name_too_long_for_dns_is_refused(tmp_path: Path) -> None:
    side = f"  {'s' * 40}:\n    build: {{}}\n    memory: {{request: 64MiB}}\n    cpu: {{limit: 1}}\n"
    name = "g" * 40
    project = write_project(tmp_path, **{name: small_group() + side}, stack_pi=small_stack("pi", name))
    assert faults_of(project) != []


def test_names_of_the_projects_own_are_refused(tmp_path: Path) -> None:
    """Also on a machine without MPS, where they would be taken once it is set."""
    side = "  gpu0:\n    build: {}\n    command: [/bin/x]\n    memory: {request: 64MiB}\n    cpu: {limit: 1}\n"
    taken = []
    for name, text, path in (
        ("gpu-sharing", small_group(), "containers.main"),
        ("gpu-sharing-gpu0", small_group(), "containers.main"),
        ("gpu-sharing-x", small_group(), "containers.main"),
        ("gpu-sharing", small_group() + side, "containers.gpu0"),
        ("small", small_group(top="volumes: {gpu-sharing-gpu0: {kind: scratch}}"), "volumes.gpu-sharing-gpu0"),
        ("small", small_group(top="volumes: {gpu-sharing: {kind: scratch}}"), "volumes.gpu-sharing"),
        ("agent-host", small_group(), "containers.main.build"),
    ):
        changes = {name.replace("-", "_"): text, "stack_pi": small_stack("pi", name)}
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        faults = faults_of(write_project(folder, **changes))  # type: ignore[arg-type]
        taken += [] if any(f": {path}: " in fault for fault in faults) else [(name, path)]
    assert taken == []


def test_two_containers_are_not_registered_under_one_name(tmp_path: Path) -> None:
    side = "  b-main:\n    build: {}\n    command: [/bin/x]\n    memory: {request: 64MiB}\n    cpu: {limit: 1}\n"
    changes = {"aa": small_group() + side, "aa_b": small_group(), "stack_pi": small_stack("pi", "aa", "aa-b")}
    (fault,) = faults_of(write_project(tmp_path, **changes))  # type: ignore[arg-type]
    assert "its resource name aa-b-main on pi is already used by aa.b-main; rename" in fault
