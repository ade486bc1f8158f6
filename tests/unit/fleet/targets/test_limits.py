"""Limits fit the host, or the largest node, that runs a container."""

from __future__ import annotations

from pathlib import Path

from tests.unit.builders import assert_accepted, assert_refused, faults_of, small_group, swap, with_pi, write_project


def test_a_limit_above_the_machine_is_refused(tmp_path: Path) -> None:
    cpu = "cpu: {request: 1, limit: 4}"
    message = "containers.main.cpu.limit: 16.5 CPUs exceed mainpc, which has 16; set it to 16 or less"
    change = swap(cpu, "cpu: {request: 1, limit: 16.5}")
    assert_refused(tmp_path, "vision_gpu", "limit: 16.5", message, vision_gpu=change)
    assert_accepted(tmp_path, vision_gpu=swap(cpu, "cpu: {request: 1, limit: 16}"))


def test_memory_above_the_machine_is_refused_at_its_own_field(tmp_path: Path) -> None:
    memory = "memory: {request: 3GiB, limit: 4GiB}"
    message = "containers.main.memory.limit: 66 560 MiB exceed mainpc, which has 65 536 MiB; set it to 65536MiB or less"
    change = swap(memory, "memory: {request: 3GiB, limit: 65GiB}")
    assert_refused(tmp_path, "vision_gpu", "limit: 65GiB", message, vision_gpu=change)
    faults = faults_of(write_project(tmp_path, vision_gpu=swap(memory, "memory: {request: 65GiB}")))
    assert any("containers.main.memory.request: 66 560 MiB exceed mainpc" in fault for fault in faults)


def test_a_stand_in_is_smaller_than_its_group_says(tmp_path: Path) -> None:
    text = small_group().replace("cpu: {request: 100m, limit: 100m}", "cpu: {request: 100m, limit: 5}")
    assert any("5 CPUs exceed pi" in fault for fault in faults_of(write_project(tmp_path, **with_pi(text))))
    changes = with_pi(text)
    changes["stack_pi"] = f"{changes['stack_pi']}  fleet:stand_ins: true\n"
    assert_accepted(tmp_path / "stand-ins", **changes)


def test_memory_that_docker_refuses_is_refused(tmp_path: Path) -> None:
    for memory, said in {
        "{request: 5MiB}": "memory.request: 5 MiB is below 6 MiB, the minimum of container runtimes; raise it",
        "{request: 1MiB, limit: 64MiB}": "memory.request: 1 MiB is below 6 MiB, the minimum of container runtimes",
    }.items():
        text = small_group().replace("{request: 64MiB}", memory)
        (fault,) = faults_of(write_project(tmp_path, **with_pi(text)))
        assert said in fault
    assert_accepted(tmp_path, **with_pi(small_group().replace("{request: 64MiB}", "{request: 6MiB}")))


def test_what_is_charged_to_the_memory_limit_is_not_above_it(tmp_path: Path) -> None:
    for line, said in {
        "shared_memory: 65MiB": "shared_memory: 65 MiB exceeds the memory limit 64 MiB, which counts it; lower it",
        "hardening: {tmpfs: {/tmp: 65MiB}}": "hardening.tmpfs./tmp: 65 MiB exceeds the memory limit 64 MiB",
        "hardening: {tmpfs: {/tmp: 40MiB, /x: 25MiB}}": "hardening.tmpfs: /tmp 40 + /x 25 = 65 MiB exceed the memory "
        "limit 64 MiB, which counts them; lower them, or raise memory.limit",
        "shared_memory: 32MiB\nhardening: {tmpfs: {/tmp: 33MiB}}": "tmpfs: shared_memory 32 + /tmp 33 = 65 MiB",
    }.items():
        (fault,) = faults_of(write_project(tmp_path, **with_pi(small_group(main=line))))
        assert said in fault
    for line in (
        "shared_memory: 32MiB\nhardening: {tmpfs: {/tmp: 32MiB}}",
        "hardening: {tmpfs: {/tmp: 40MiB, /x: 24MiB}}",
    ):
        assert_accepted(tmp_path, **with_pi(small_group(main=line)))


def test_a_reserve_leaves_something(tmp_path: Path) -> None:
    for changes, said in (
        (
            {"mainpc": swap("memory_reserve: 4GiB", "memory_reserve: 100GiB")},
            "memory_reserve: 102400 MiB",
        ),
        ({"mainpc": swap("memory_reserve: 4GiB", "memory_reserve: 64GiB")}, "memory_reserve: 65536 MiB"),
        (
            {"mainpc": swap("desktop_reserve: 1GiB", "desktop_reserve: 24GiB")},
            "desktop_reserve: 24576 MiB",
        ),
        (
            {"pc2": swap("model: RTX 3060", "context: 12GiB\n        model: RTX 3060")},
            "context: 12288 MiB",
        ),
        (
            {"mainpc": swap("{active_thread_percentage: 70}", "{active_thread_percentage: 70, shared_memory: 1TiB}")},
            "gpus.gpu0.mps.shared_memory: 1048576 MiB",
        ),
    ):
        faults = faults_of(write_project(tmp_path, **changes))
        assert any(f"{said} leaves nothing of the " in fault for fault in faults), (said, faults)
