"""Judgement of places: homes of groups, names of agents, hosts, subnets, ports, peers and start order."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.builders import (
    Change,
    assert_accepted,
    assert_refused,
    chain,
    faults_of,
    place,
    small_group,
    small_stack,
    swap,
    under,
    write_project,
)

FREE = "take a free /24 of 10.210.0.0/16"


def with_pi(text: str, **machine: str) -> dict[str, Change]:
    """A third machine `pi` that runs one small group `small`."""
    return {"small": text, "stack_pi": small_stack("pi", "small", **machine)}


def test_a_stack_that_names_no_known_group_gets_a_suggestion(tmp_path: Path) -> None:
    change = swap("    - core-platform\n", "    - core-platform\n    - vision-gpuu\n")
    message = "groups.1: vision-gpuu is no group; did you mean vision-gpu?"
    assert_refused(tmp_path, "mainpc", "vision-gpuu", message, mainpc=change)


def test_a_sandbox_that_names_no_known_group_is_refused(tmp_path: Path) -> None:
    message = "groups.1: zzz is no group; add its file under groups/, or drop the name"
    assert_refused(tmp_path, "local", "zzz", message, local=under("- core-platform", "    - zzz"))


def test_a_group_on_no_machine_is_refused(tmp_path: Path) -> None:
    message = "the group is on no machine; name it under groups of one stack, or delete the file"
    project = write_project(tmp_path, mainpc=swap("    - vision-gpu\n", ""))
    assert faults_of(project) == [f"{place(project, 'vision_gpu', 'description:')}: {message}"]


def test_a_group_in_the_sandbox_alone_is_on_no_machine(tmp_path: Path) -> None:
    project = write_project(tmp_path, small=small_group(), local=under("- core-platform", "    - small"))
    assert [fault.split(": ", 1)[1] for fault in faults_of(project)] == [
        "the group is on no machine; name it under groups of one stack, or delete the file"
    ]


def test_a_group_on_two_machines_is_refused(tmp_path: Path) -> None:
    message = "groups.1: memory-stack is on 2 machines (mainpc, pc2); keep it on one"
    assert_refused(tmp_path, "pc2", "memory-stack", message, pc2=under("- infra-core-cpu", "    - memory-stack"))


def test_a_group_of_the_fleet_may_run_in_the_sandbox_again(tmp_path: Path) -> None:
    change = chain(swap("memory: 4GiB", "memory: 8GiB"), under("- memory-stack", "    - vision-dream-gpu"))
    assert_accepted(tmp_path, local=change)


def test_an_agent_twice_on_a_machine_is_refused(tmp_path: Path) -> None:
    message = (
        "containers.main.agents.GoalManager: GoalManager runs on mainpc twice (also in language-stack-gpu.main); "
        "keep it in one container, or rename one"
    )
    change = under("FaceRecognitionAgent", "      GoalManager: {}")
    assert_refused(tmp_path, "vision_gpu", "GoalManager", message, vision_gpu=change)


def test_an_agent_twice_in_one_group_is_refused(tmp_path: Path) -> None:
    message = (
        "containers.streams.agents.TTSService: TTSService runs on mainpc twice (also in audio-emotion.main); "
        "keep it in one container, or rename one"
    )
    change = swap("      AudioCapture: {}", "      AudioCapture: {}\n      TTSService: {module: a.b}")
    assert_refused(tmp_path, "audio_emotion", "TTSService: {module", message, audio_emotion=change)


def test_one_agent_on_each_of_two_machines_is_accepted(tmp_path: Path) -> None:
    change = swap("      TutorAgent: {}", "      TutorAgent: {}\n      GoalManager: {}")
    assert_accepted(tmp_path, tutor_suite_cpu=change)


@pytest.mark.parametrize("connection", ["ssh://owner@192.168.1.10", "ssh://root@192.168.1.10:2222"])
def test_two_stacks_that_reach_the_same_host_are_refused(tmp_path: Path, connection: str) -> None:
    message = (
        f"machine.connection: {connection} is the host of mainpc too; "
        "one stack a machine: merge the two, or correct the address"
    )
    change = swap("ssh://owner@192.168.1.20", connection)
    assert_refused(tmp_path, "pc2", "connection:", message, pc2=change)


@pytest.mark.parametrize("port", [2376, 2377])
def test_two_daemons_of_one_host_are_one_machine(tmp_path: Path, port: int) -> None:
    """Whatever their ports: neither would know what the other took of the host's memory and cards."""
    first = swap("ssh://owner@192.168.1.10", "tcp://192.168.1.30:2376")
    second = swap("ssh://owner@192.168.1.20", f"tcp://192.168.1.30:{port}")
    (fault,) = faults_of(write_project(tmp_path, mainpc=first, pc2=second))
    assert f"tcp://192.168.1.30:{port} is the host of mainpc too" in fault


def test_two_stacks_of_one_lan_address_are_refused(tmp_path: Path) -> None:
    message = "machine.lan_address: 192.168.1.10 is the address of mainpc too; correct one of the two"
    change = swap("lan_address: 192.168.1.20", "lan_address: 192.168.1.10")
    assert_refused(tmp_path, "pc2", "lan_address:", message, pc2=change)


def test_two_machines_of_one_name_are_refused(tmp_path: Path) -> None:
    message = 'machine.name: "mainpc" is the name of mainpc too; give each machine its own'
    project = write_project(tmp_path, pc2=swap("    name: pc2\n", "    name: mainpc\n"))
    assert f"{place(project, 'pc2', '    name: mainpc')}: {message}" in faults_of(project)


def test_a_sandbox_may_share_the_host_of_a_machine(tmp_path: Path) -> None:
    assert_accepted(tmp_path, local=swap("unix:///var/run/docker.sock", "ssh://owner@192.168.1.10"))


@pytest.mark.parametrize("connection", ["tcp://3com:2375", "tcp://999.1.1.1:2375", "tcp://@", "tcp://1.2.3.4.example"])
def test_an_odd_host_name_does_not_end_the_judgement(tmp_path: Path, connection: str) -> None:
    for fault in faults_of(write_project(tmp_path, pc2=swap("ssh://owner@192.168.1.20", connection))):
        assert fault.startswith("Pulumi.pc2.yaml:")


def test_overlapping_subnets_of_two_machines_are_refused(tmp_path: Path) -> None:
    message = f"machine.network.subnet: 10.210.0.0/22 overlaps mainpc_internal of mainpc (10.210.1.0/24); {FREE}"
    assert_refused(tmp_path, "pc2", "subnet:", message, pc2=swap("10.210.2.0/24", "10.210.0.0/22"))


def test_a_subnet_of_the_sandbox_overlaps_nobody_either(tmp_path: Path) -> None:
    message = f"machine.network.subnet: 10.210.1.0/24 overlaps local_internal of local (10.210.1.0/24); {FREE}"
    assert_refused(tmp_path, "mainpc", "subnet:", message, local=swap("10.210.250.0/24", "10.210.1.0/24"))


def test_neighbouring_subnets_are_accepted(tmp_path: Path) -> None:
    assert_accepted(
        tmp_path, mainpc=swap("10.210.1.0/24", "10.210.2.0/25"), pc2=swap("10.210.2.0/24", "10.210.2.128/25")
    )


def test_two_networks_of_one_name_are_refused(tmp_path: Path) -> None:
    message = 'machine.network.name: "mainpc_internal" is the network of mainpc too; name it after its machine'
    assert_refused(tmp_path, "pc2", "subnet:", message, pc2=swap("pc2_internal", "mainpc_internal"))


@pytest.mark.parametrize(
    ("subnet", "pool"),
    [
        ("172.17.0.0/24", "172.17.0.0/16"), ("172.20.0.0/16", "172.20.0.0/14"), ("172.31.255.0/24", "172.28.0.0/14"),
        ("192.168.0.0/24", "192.168.0.0/16"), ("172.16.0.0/12", "172.17.0.0/16"),
    ],
)  # fmt: skip
def test_a_subnet_in_dockers_own_pools_is_refused_unless_it_is_meant(tmp_path: Path, subnet: str, pool: str) -> None:
    message = (
        f"machine.network.subnet: {subnet} lies in Docker's default pool {pool}, which Docker hands out by itself; "
        f"{FREE}, or set inside_docker_pool: true if it is meant"
    )
    assert_refused(tmp_path, "pc2", "subnet:", message, pc2=swap("10.210.2.0/24", subnet))
    assert_accepted(tmp_path, pc2=swap("10.210.2.0/24", f"{subnet}, inside_docker_pool: true"))


@pytest.mark.parametrize("subnet", ["172.16.255.0/24", "172.32.0.0/24", "192.167.255.0/24", "192.169.0.0/24"])
def test_a_subnet_just_beside_dockers_own_pools_is_accepted(tmp_path: Path, subnet: str) -> None:
    assert_accepted(tmp_path, pc2=swap("10.210.2.0/24", subnet))


@pytest.mark.parametrize(
    ("subnet", "what"),
    [
        ("10.42.0.0/24", "pods (10.42.0.0/16)"), ("10.42.255.0/24", "pods (10.42.0.0/16)"),
        ("10.43.0.0/24", "services (10.43.0.0/16)"), ("10.43.255.0/24", "services (10.43.0.0/16)"),
    ],
)  # fmt: skip
def test_a_subnet_in_the_ranges_of_k3s_is_refused(tmp_path: Path, subnet: str, what: str) -> None:
    message = f"machine.network.subnet: {subnet} overlaps the k3s range for {what}; {FREE}"
    assert_refused(tmp_path, "pc2", "subnet:", message, pc2=swap("10.210.2.0/24", subnet))


@pytest.mark.parametrize("subnet", ["10.41.255.0/24", "10.44.0.0/24"])
def test_a_subnet_just_beside_the_ranges_of_k3s_is_accepted(tmp_path: Path, subnet: str) -> None:
    assert_accepted(tmp_path, pc2=swap("10.210.2.0/24", subnet))


def test_a_subnet_that_holds_a_lan_address_is_refused(tmp_path: Path) -> None:
    message = f"machine.network.subnet: 10.7.0.0/24 holds the LAN address of mainpc (10.7.0.255); {FREE}"
    changes: dict[str, Change] = {
        "pc2": swap("10.210.2.0/24", "10.7.0.0/24"),
        "mainpc": swap("lan_address: 192.168.1.10", "lan_address: 10.7.0.255"),
    }
    assert_refused(tmp_path, "pc2", "subnet:", message, **changes)
    assert_accepted(tmp_path, **{**changes, "mainpc": swap("lan_address: 192.168.1.10", "lan_address: 10.7.1.0")})


def test_a_host_port_taken_twice_on_a_machine_is_refused(tmp_path: Path) -> None:
    message = (
        "ports.main.host_port: 9000/tcp is taken on mainpc by core-platform.ports.observability; choose a free port"
    )
    change = swap("host_port: 8020", "host_port: 9000")
    assert_refused(tmp_path, "vision_gpu", "host_port", message, vision_gpu=change)


def test_a_host_port_of_another_protocol_or_machine_is_free(tmp_path: Path) -> None:
    assert_accepted(tmp_path, vision_gpu=swap("host_port: 8020", "host_port: 9000, protocol: udp"))
    assert_accepted(tmp_path, infra_core_cpu=swap("host_port: 8100", "host_port: 8000"))


def test_a_port_taken_twice_in_a_container_is_refused(tmp_path: Path) -> None:
    message = "ports.metrics.port: 8000/tcp is ports.main too; give each its own port"
    change = under("host_port: 8020", "  metrics: {port: 8000}")
    assert_refused(tmp_path, "vision_gpu", "metrics:", message, vision_gpu=change)
    assert_accepted(tmp_path, vision_gpu=under("host_port: 8020", "  metrics: {port: 8001}"))


def test_an_endpoint_nobody_provides_is_refused(tmp_path: Path) -> None:
    message = "peers.1: nobody provides speech-hub; name a group, or a group/port, of this fleet"
    change = swap("peers: [core-platform, model-manager-gpu]", "peers: [core-platform, speech-hub]")
    assert_refused(tmp_path, "vision_gpu", "peers:", message, vision_gpu=change)


def test_a_port_its_group_does_not_have_is_refused(tmp_path: Path) -> None:
    message = "peers.0: core-platform has no port metrics; use one of main, observability"
    change = swap("peers: [core-platform, model", "peers: [core-platform/metrics, model")
    assert_refused(tmp_path, "vision_gpu", "peers:", message, vision_gpu=change)
    assert_accepted(tmp_path, vision_gpu=swap("peers: [core-platform, ", "peers: [core-platform/observability, "))


def test_an_endpoint_needed_on_another_machine_has_a_host_port(tmp_path: Path) -> None:
    message = (
        "ports.main: vision-dream-gpu on pc2 needs it on mainpc, but it has no host_port; "
        "add host_port, a free port of that machine, or drop the peer"
    )
    change = swap("main: {port: 8000, host_port: 8020}", "main: {port: 8000}")
    assert_refused(tmp_path, "vision_gpu", "main: {port", message, vision_gpu=change)
    assert_accepted(
        tmp_path, vision_gpu=change, vision_dream_gpu=swap("peers: [infra-core-cpu, vision-gpu]", "peers: []")
    )


def test_the_port_a_group_has_by_default_needs_a_host_port_too(tmp_path: Path) -> None:
    message = "ports: tutor-suite-cpu on pc2 needs it on mainpc, but it has no host_port; add ports.main.host_port"
    change = swap("peers: [infra-core-cpu, memory-reasoning-gpu]", "peers: [reasoning-gpu]")
    assert_refused(tmp_path, "reasoning_gpu", "description:", message, tutor_suite_cpu=change)


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])  # noqa: S104
def test_a_lan_address_nobody_else_can_reach_is_refused(tmp_path: Path, address: str) -> None:
    message = (
        f"machine.lan_address: {address} cannot be reached from another machine, which needs infra-core-cpu; "
        "give the address on the LAN"
    )
    change = swap("lan_address: 192.168.1.20", f"lan_address: {address}")
    assert_refused(tmp_path, "pc2", "lan_address:", message, pc2=change)


def test_a_machine_others_need_has_a_lan_address(tmp_path: Path) -> None:
    message = (
        "machine.lan_address: is missing, but another machine needs infra-core-cpu; "
        "add the address other machines reach it by"
    )
    change = swap("    lan_address: 192.168.1.20\n", "")
    assert_refused(tmp_path, "pc2", "fleet:machine:", message, pc2=change)


def test_a_machine_nobody_needs_has_no_use_for_a_lan_address(tmp_path: Path) -> None:
    assert_accepted(tmp_path, **with_pi(small_group()))


def test_a_group_cannot_start_after_one_that_is_not_there(tmp_path: Path) -> None:
    project = write_project(tmp_path, vision_gpu=swap("start_after: [model-manager-gpu]", "start_after: [speech-hub]"))
    faults = faults_of(project)
    assert len(faults) == 1
    start = f"{place(project, 'vision_gpu', 'start_after:')}: start_after.0: speech-hub is no group; name one of "
    assert faults[0].startswith(start)
    assert "model-manager-gpu" in faults[0]


def test_a_cycle_in_start_order_is_refused(tmp_path: Path) -> None:
    change = swap("start_after: [core-platform]", "start_after: [core-platform, vision-gpu]")
    (fault,) = faults_of(write_project(tmp_path, memory_stack=change))
    for group in ("memory-stack (mainpc)", "model-manager-gpu (mainpc)", "vision-gpu (mainpc)"):
        assert group in fault
    assert fault.endswith("; drop one of these edges")


def test_a_cycle_across_machines_is_refused(tmp_path: Path) -> None:
    change = under("description:", "start_after: [tutor-suite-cpu]")
    other = swap("start_after: [vision-dream-gpu]", "start_after: [vision-dream-gpu, core-platform]")
    project = write_project(tmp_path, core_platform=change, tutor_suite_cpu=other)
    trail = "core-platform (mainpc) -> tutor-suite-cpu (pc2) -> core-platform (mainpc)"
    assert faults_of(project) == [
        f"{place(project, 'core_platform', 'start_after:')}: start_after.0: starts after itself ({trail}); "
        "drop one of these edges"
    ]


def test_a_group_that_starts_after_itself_is_a_cycle(tmp_path: Path) -> None:
    message = (
        "start_after.0: starts after itself (core-platform (mainpc) -> core-platform (mainpc)); drop one of these edges"
    )
    change = under("description:", "start_after: [core-platform]")
    assert_refused(tmp_path, "core_platform", "start_after:", message, core_platform=change)


def test_every_cycle_is_told(tmp_path: Path) -> None:
    project = write_project(
        tmp_path,
        core_platform=under("description:", "start_after: [core-platform]"),
        infra_core_cpu=under("description:", "start_after: [tutor-suite-cpu]"),
    )
    assert [fault.partition(":")[0] for fault in faults_of(project)] == [
        "groups/assistant/core-platform.yaml",
        "groups/assistant/infra-core-cpu.yaml",
    ]


def test_starting_after_a_group_of_another_machine_is_accepted(tmp_path: Path) -> None:
    assert_accepted(tmp_path, infra_core_cpu=under("description:", "start_after: [core-platform]"))


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
