"""The start order has no cycle, on one machine or across machines."""

from __future__ import annotations

from pathlib import Path

from tests.unit.builders import (
    assert_accepted,
    assert_refused,
    faults_of,
    place,
    small_group,
    small_stack,
    swap,
    under,
    write_project,
)


def test_a_group_cannot_start_after_one_that_is_not_there(tmp_path: Path) -> None:
    project = write_project(tmp_path, vision_gpu=swap("start_after: [model-manager-gpu]", "start_after: [speech-hub]"))
    faults = faults_of(project)
    assert len(faults) == 1
    start = f"{place(project, 'vision_gpu', 'start_after:')}: start_after.0: unknown group speech-hub; use one of "
    assert faults[0].startswith(start)
    assert "model-manager-gpu" in faults[0]


def test_a_cycle_in_start_order_is_refused(tmp_path: Path) -> None:
    change = swap("start_after: [core-platform]", "start_after: [core-platform, vision-gpu]")
    (fault,) = faults_of(write_project(tmp_path, memory_stack=change))
    for group in ("memory-stack (mainpc)", "model-manager-gpu (mainpc)", "vision-gpu (mainpc)"):
        assert group in fault
    assert fault.endswith("; remove one of these")


def test_a_cycle_across_machines_is_refused(tmp_path: Path) -> None:
    change = under("description:", "start_after: [tutor-suite-cpu]")
    other = swap("start_after: [vision-dream-gpu]", "start_after: [vision-dream-gpu, core-platform]")
    project = write_project(tmp_path, core_platform=change, tutor_suite_cpu=other)
    trail = "core-platform (mainpc) -> tutor-suite-cpu (pc2) -> core-platform (mainpc)"
    assert faults_of(project) == [
        f"{place(project, 'core_platform', 'start_after:')}: start_after.0: starts after itself ({trail}); "
        "remove one of these"
    ]


def test_a_group_that_starts_after_itself_is_a_cycle(tmp_path: Path) -> None:
    message = (
        "start_after.0: starts after itself (core-platform (mainpc) -> core-platform (mainpc)); remove one of these"
    )
    change = under("description:", "start_after: [core-platform]")
    assert_refused(tmp_path, "core_platform", "start_after:", message, core_platform=change)


def test_every_cycle_is_reported(tmp_path: Path) -> None:
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


def test_no_group_waits_for_the_health_of_what_ends(tmp_path: Path) -> None:
    problem = 'start_after.0: job may never be healthy: containers.main.restart is "no"'
    message = f"{problem}; if it runs to its end, set containers.main.run: once there; else restart: on-failure"
    stack = small_stack("wood", "job", "page")
    page = small_group(top="start_after: [job]")
    wrong = []
    for main, refused in (
        ('restart: "no"\ncommand: [/bin/own]', True),
        ("run: once\ncommand: [/bin/own]", False),
        ('run: once\nrestart: "no"\ncommand: [/bin/own]', False),
        ("run: once\nrestart: on-failure\ncommand: [/bin/own]", False),
    ):
        groups = {"job": small_group(main=main), "page": page, "stack_wood": stack}
        found = faults_of(write_project(tmp_path, **groups))
        wrong += [(main, found)] if [message in fault for fault in found] != [True] * refused else []
    assert not wrong


def test_what_runs_once_is_no_peer(tmp_path: Path) -> None:
    job = small_group(main="run: once\ncommand: [/bin/own]")
    stack = small_stack("wood", "job", "page")
    message = "peers.0: job runs once and serves nobody; drop it, or list the group under start_after"
    page = small_group(top="peers: [job]")
    assert_refused(tmp_path, "page", "peers", message, job=job, page=page, stack_wood=stack)
