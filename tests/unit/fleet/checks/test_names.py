"""Names on one machine: unique, short enough for DNS, and each role is played once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.builders import (
    Change,
    assert_accepted,
    faults_of,
    small_group,
    small_stack,
    swap,
    under,
    write_project,
)

SIDE = "  b-main:\n    build: {}\n    command: [/bin/x]\n    memory: {request: 64MiB}\n    cpu: {limit: 1}\n"


def with_pi_group(name: str, side: str = "", machine: str = "pi") -> dict[str, Change]:
    """A third machine that runs one small group of some name."""
    return {name.replace("-", "_"): small_group() + side, "stack_pi": small_stack(machine, name)}


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
    changes = {"aa": small_group() + SIDE, "aa_b": small_group(), "stack_pi": small_stack("pi", "aa", "aa-b")}
    (fault,) = faults_of(write_project(tmp_path, **changes))  # type: ignore[arg-type]
    assert "its resource name aa-b-main on pi is already used by aa.b-main; rename" in fault


def test_names_that_resolve_to_other_hosts_are_refused(tmp_path: Path) -> None:
    taken = []
    for index, (changes, problem) in enumerate(
        (
            (with_pi_group("localhost"), "containers.main: localhost is a name in /etc/hosts of every container"),
            (with_pi_group("ip6-allnodes"), "containers.main: ip6-allnodes is a name in /etc/hosts"),
            (with_pi_group("metadata"), "containers.main: metadata is a name of the metadata service"),
            (
                with_pi_group("ip6", SIDE.replace("b-main", "localhost")),
                "containers.localhost: ip6-localhost is a name",
            ),
            (with_pi_group("localnet", machine="ip6"), "its name on other machines, ip6-localnet, is a name in"),
            (
                with_pi_group("pc2-discovery"),
                "containers.main: pc2-discovery on pi is also the name of infra-core-cpu.ports.main of pc2 there",
            ),
            (
                with_pi_group("mainpc-vision", SIDE.replace("b-main", "gpu")),
                "mainpc-vision-gpu on pi is also the name of",
            ),
        )
    ):
        faults = faults_of(write_project(tmp_path / str(index), **changes))
        taken += [] if any(problem in fault for fault in faults) else [(problem, faults)]
    assert taken == []


def test_a_machines_own_endpoint_is_not_in_its_way(tmp_path: Path) -> None:
    assert_accepted(tmp_path, **with_pi_group("pi-small"))


def test_a_sandbox_on_a_machines_daemon_has_its_own_names(tmp_path: Path) -> None:
    network = "{name: lab_internal, subnet: 10.210.78.0/24}"
    sandbox = small_stack("lab", "small", network=network) + "  fleet:sandbox: true\n"
    pi = small_stack("pi", "small", "lab-small")
    changes = {"small": small_group(), "lab_small": small_group(), "stack_pi": pi, "stack_lab": sandbox}
    (fault,) = faults_of(write_project(tmp_path, **changes))
    assert "lab-small, its name on lab, is also one of lab-small on pi; rename it, or the machine of lab" in fault
