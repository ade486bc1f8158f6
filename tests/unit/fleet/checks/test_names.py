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
    side = "  gpu:\n    build: {}\n    memory: {request: 64MiB}\n    cpu: {limit: 1}\n"
    group = under("- core-platform", f"    - {name.replace('_', '-')}")
    project = write_project(tmp_path, **{name: small_group() + side, "mainpc": group})
    assert faults_of(project) != []


def test_a_container_name_too_long_for_dns_is_refused(tmp_path: Path) -> None:
    side = f"  {'s' * 40}:\n    build: {{}}\n    memory: {{request: 64MiB}}\n    cpu: {{limit: 1}}\n"
    name = "g" * 40
    project = write_project(tmp_path, **{name: small_group() + side}, stack_pi=small_stack("pi", name))
    assert faults_of(project) != []
