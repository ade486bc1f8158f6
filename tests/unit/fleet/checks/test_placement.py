"""Every group runs on one machine of the fleet, and every agent once on its machine."""

from __future__ import annotations

from pathlib import Path

from tests.unit.builders import (
    assert_accepted,
    assert_refused,
    chain,
    faults_of,
    place,
    small_group,
    swap,
    under,
    write_project,
)


def test_a_stack_that_names_no_known_group_gets_a_suggestion(tmp_path: Path) -> None:
    change = swap("    - core-platform\n", "    - core-platform\n    - vision-gpuu\n")
    message = "groups.1: unknown group vision-gpuu; did you mean vision-gpu?"
    assert_refused(tmp_path, "mainpc", "vision-gpuu", message, mainpc=change)


def test_a_sandbox_that_names_no_known_group_is_refused(tmp_path: Path) -> None:
    message = "groups.1: unknown group zzz; add its file under groups/, or remove the name"
    assert_refused(tmp_path, "local", "zzz", message, local=under("- core-platform", "    - zzz"))


def test_a_group_on_no_machine_is_refused(tmp_path: Path) -> None:
    message = "the group runs on no machine; add it to groups of one stack, or delete the file"
    project = write_project(tmp_path, mainpc=swap("    - vision-gpu\n", ""))
    assert faults_of(project) == [f"{place(project, 'vision_gpu', 'description:')}: {message}"]


def test_a_group_in_the_sandbox_alone_is_on_no_machine(tmp_path: Path) -> None:
    project = write_project(tmp_path, small=small_group(), local=under("- core-platform", "    - small"))
    assert [fault.split(": ", 1)[1] for fault in faults_of(project)] == [
        "the group runs in a sandbox alone (local); add it to groups of one stack, or set optional: true"
    ]


def test_a_group_on_two_machines_is_refused(tmp_path: Path) -> None:
    message = "groups.1: memory-stack runs on 2 machines (mainpc, pc2); keep it on one"
    assert_refused(tmp_path, "pc2", "memory-stack", message, pc2=under("- infra-core-cpu", "    - memory-stack"))


def test_a_group_of_the_fleet_may_run_in_the_sandbox_again(tmp_path: Path) -> None:
    change = chain(swap("memory: 4GiB", "memory: 8GiB"), under("- memory-stack", "    - vision-dream-gpu"))
    assert_accepted(tmp_path, local=change)


def test_an_agent_twice_on_a_machine_is_refused(tmp_path: Path) -> None:
    message = (
        "containers.main.agents.GoalManager: GoalManager runs twice on mainpc (also in language-stack-gpu.main); "
        "keep it in one container, or rename one"
    )
    change = under("FaceRecognitionAgent", "      GoalManager: {}")
    assert_refused(tmp_path, "vision_gpu", "GoalManager", message, vision_gpu=change)


def test_an_agent_twice_in_one_group_is_refused(tmp_path: Path) -> None:
    message = (
        "containers.streams.agents.TTSService: TTSService runs twice on mainpc (also in audio-emotion.main); "
        "keep it in one container, or rename one"
    )
    change = swap("      AudioCapture: {}", "      AudioCapture: {}\n      TTSService: {module: a.b}")
    assert_refused(tmp_path, "audio_emotion", "TTSService: {module", message, audio_emotion=change)


def test_one_agent_on_each_of_two_machines_is_accepted(tmp_path: Path) -> None:
    change = swap("      TutorAgent: {}", "      TutorAgent: {}\n      GoalManager: {}")
    assert_accepted(tmp_path, tutor_suite_cpu=change)
