"""Every endpoint that a group needs exists, and can be reached from its machine."""

from __future__ import annotations

from pathlib import Path

from tests.unit.builders import assert_accepted, assert_refused, faults_of, small_group, swap, with_pi, write_project


def test_an_endpoint_nobody_provides_is_refused(tmp_path: Path) -> None:
    message = "peers.1: unknown endpoint speech-hub; use <group> or <group>/<port>"
    change = swap("peers: [core-platform, model-manager-gpu]", "peers: [core-platform, speech-hub]")
    assert_refused(tmp_path, "vision_gpu", "peers:", message, vision_gpu=change)


def test_a_misspelt_peer_gets_the_nearest_group_and_never_itself(tmp_path: Path) -> None:
    for peer, remedy in (
        ("memory-stak", "did you mean memory-stack?"),
        ("vision-gpus", "did you mean vision-dream-gpu?"),
    ):
        change = swap("peers: [core-platform, model-manager-gpu]", f"peers: [core-platform, {peer}]")
        assert_refused(
            tmp_path / peer, "vision_gpu", "peers:", f"peers.1: unknown endpoint {peer}; {remedy}", vision_gpu=change
        )


def test_a_port_its_group_does_not_have_is_refused(tmp_path: Path) -> None:
    message = "peers.0: core-platform has no port metrics; use one of main, observability"
    change = swap("peers: [core-platform, model", "peers: [core-platform/metrics, model")
    assert_refused(tmp_path, "vision_gpu", "peers:", message, vision_gpu=change)
    assert_accepted(tmp_path, vision_gpu=swap("peers: [core-platform, ", "peers: [core-platform/observability, "))


def test_an_endpoint_needed_on_another_machine_has_a_host_port(tmp_path: Path) -> None:
    message = (
        "ports.main: vision-dream-gpu on pc2 needs it on mainpc, but it has no host_port; "
        "set host_port to a free port of that machine, or drop the peer"
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


def test_a_lan_address_nobody_else_can_reach_is_refused(tmp_path: Path) -> None:
    address = "127.0.0.1"
    message = (
        f"machine.lan_address: {address} is not reachable from another machine, which needs infra-core-cpu; "
        "set the address on the LAN"
    )
    change = swap("lan_address: 192.168.1.20", f"lan_address: {address}")
    assert_refused(tmp_path, "pc2", "lan_address:", message, pc2=change)


def test_a_machine_others_need_has_a_lan_address(tmp_path: Path) -> None:
    message = (
        "machine.lan_address: missing, but another machine needs infra-core-cpu; "
        "add the address other machines reach it by"
    )
    change = swap("    lan_address: 192.168.1.20\n", "")
    assert_refused(tmp_path, "pc2", "fleet:machine:", message, pc2=change)


def test_a_machine_nobody_needs_has_no_use_for_a_lan_address(tmp_path: Path) -> None:
    assert_accepted(tmp_path, **with_pi(small_group()))


def test_a_group_is_no_peer_of_itself_and_names_each_once(tmp_path: Path) -> None:
    for peers, said in {
        "vision-gpu": "peers.0: vision-gpu is the group itself, which reaches its own containers without; remove it",
        "core-platform, core-platform/main": "peers.1: core-platform/main is the same as core-platform; keep one",
        "core-platform, core-platform": "peers.1: lists core-platform twice; keep one",
    }.items():
        change = swap("peers: [core-platform, model-manager-gpu]", f"peers: [{peers}]")
        (fault,) = faults_of(write_project(tmp_path, vision_gpu=change))
        assert fault.endswith(said), fault
