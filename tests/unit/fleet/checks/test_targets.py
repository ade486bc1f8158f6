"""A group that needs what its target lacks is refused, or listed as degraded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from fleet.targets.features import Feature
from tests.unit.builders import (
    assert_accepted,
    assert_refused,
    faults_of,
    place,
    planned,
    small_group,
    small_stack,
    under,
    with_pi,
    write_project,
)

READY = "image: {reference: 'registry.example/redis:7', platforms: [%s]}"
PROBE = "health: {command: [/bin/ready]}"


def test_a_target_that_cannot_be_built_is_refused(tmp_path: Path) -> None:
    message = """machine.target: "native" is not allowed; use 'docker', 'kubernetes' or 'cloudrun'"""
    changes = with_pi(small_group(), class_="hpc", target="native")
    assert_refused(tmp_path, "stack_pi", "target:", message, **changes)


def test_a_device_that_runs_no_containers_is_refused(tmp_path: Path) -> None:
    project = write_project(tmp_path, **with_pi(small_group(), class_="embedded"))
    (fault,) = faults_of(project)
    assert "machine.class: \"embedded\" is not allowed; use 'gaming-pc', " in fault


def test_a_device_class_and_its_target_go_together(tmp_path: Path) -> None:
    message = (
        'machine.target: "docker" does not match class "container-service"; '
        "set target to cloudrun or kubernetes, or another class"
    )
    assert_refused(
        tmp_path, "stack_pi", "fleet:machine:", message, **with_pi(small_group(), class_="container-service")
    )


def test_a_feature_docker_has_in_another_way_is_a_degradation_and_no_fault(tmp_path: Path) -> None:
    change = under("memory: {request: 3GiB", "    secrets: [face-key]")
    plan = planned("mainpc", assert_accepted(tmp_path, vision_gpu=change).fleet)
    assert plan.degradations[Feature.SECRETS] == ("vision-gpu",)


def test_a_ready_image_on_docker_brings_its_own_health_command(tmp_path: Path) -> None:
    project = write_project(tmp_path, **with_pi(small_group(image=READY % "amd64")))
    (fault,) = faults_of(project)
    assert fault.startswith(
        f"{place(project, 'small', '  main:')}: containers.main.health: "
        "not supported on pi (docker): HTTP health checks without the agent host; "
    )
    assert_accepted(tmp_path, **with_pi(small_group(image=READY % "amd64", main=PROBE)))


def test_a_rollout_is_of_this_time_and_of_another_version(tmp_path: Path) -> None:
    runs, other = "registry.example/redis:7", "registry.example/redis:8"
    top = "rollout: {strategy: recreate}"
    group = small_group(image=READY % "amd64", main=PROBE, top=top)
    later = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    soon = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    for state, says in (
        (f"candidate: '{runs}'", f"rollouts.small.candidate: {runs} is what small already runs; name another version"),
        (
            f"since: '{later}'",
            "is in the future, and the step's pause begins then; set when the step began, or drop it",
        ),
        (f"candidate: '{other}', since: '{soon}'", ""),
        (f"candidate: '{runs}', image: '{other}'", ""),
    ):
        stack = small_stack("pi", "small") + f"  fleet:rollouts: {{small: {{{state}}}}}\n"
        found = [each for each in faults_of(write_project(tmp_path, small=group, stack_pi=stack)) if "two" not in each]
        assert [says in each for each in found] == ([True] if says else []), (state, found)
