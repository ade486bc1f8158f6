"""Containers and groups that run to their end."""

from __future__ import annotations

from pathlib import Path

from cli.view.compose_text import start_commands
from components.docker.compose import compose_file
from components.docker.render import render_container
from fleet.plan.planner import plan_stack
from policy.readers.docker import _one_shot
from policy.readers.values import Properties
from tests.unit.builders import assert_accepted, container, faults_of, small_group, small_stack, write_project

JOB = "run: once\ncommand: [/bin/own]"
SEED = (
    "  seed:\n    image: {reference: 'fleet.local/seed:1'}\n    memory: {request: 64MiB}\n"
    "    cpu: {request: 100m, limit: 100m}\n    run: once\n"
)


def _faults(folder: Path, main: str, top: str = "", more: str = "") -> list[str]:
    text = small_group(main=main, top=top) + more
    found = faults_of(write_project(folder, job=text, stack_wood=small_stack("wood", "job")))
    return [fault.partition(": ")[2].partition(";")[0] for fault in found]


def test_what_contradicts_its_end_is_refused(tmp_path: Path) -> None:
    wrong = []
    sidecar = SEED.replace("    run: once\n", "    health: {command: [check]}\n")
    ever = 'containers.seed.run: "always", but main runs once and the group ends with it'
    for expected, given in {
        "containers.main.time_limit: has no effect without run: once": ("time_limit: 5m",),
        'containers.main.restart: "always" never ends, but run is "once"': (f"{JOB}\nrestart: always",),
        "containers.main.health: has no effect with run: once, where the exit code decides": (f"{JOB}\nhealth: {{}}",),
        'containers.main.restarts_max: has no effect with restart "no"': (f"{JOB}\nrestarts_max: 3",),
        "ports.main: main runs once and serves nobody": (JOB, "ports: {main: {port: 8000}}"),
        "scaling.max: 3 copies, but main runs once": (JOB, "scaling: {max: 3}"),
        'rollout.strategy: "blue-green" runs two versions, but main runs once': (
            JOB,
            "rollout: {strategy: blue-green}",
        ),
        ever: (JOB, "", sidecar),
        'containers.main.agents: agents run until they are stopped, but run is "once"': ("run: once\nagents: {A: {}}",),
    }.items():
        found = _faults(tmp_path, *given)
        wrong += [(expected, found)] if expected not in found else []
    assert not wrong
    assert not _faults(tmp_path, f"{JOB}\ntime_limit: 5m\nrestart: on-failure\nrestarts_max: 3", "", SEED)


def test_docker_waits_for_the_exit_code_and_starts_nothing_again(tmp_path: Path) -> None:
    page = small_group(top="start_after: [job]", main="health: {command: [check]}\ncommand: [/bin/own]") + SEED
    groups = {"job": small_group(main=f"{JOB}\ntime_limit: 5m"), "page": page}
    fleet = assert_accepted(tmp_path, **groups, stack_wood=small_stack("wood", *groups)).fleet
    plan = plan_stack(fleet, "wood")
    job, seed = container(plan, "job"), container(plan, "page-seed")
    assert (job.health.deadline_s, job.health.test, job.restart) == (300, (), "no")
    rendered = render_container(job, plan)
    assert (rendered["must_run"], rendered["restart"], "healthcheck" in rendered) == (False, "no", False)
    services = compose_file(plan)["services"]
    done = {"condition": "service_completed_successfully"}
    assert services["page"]["depends_on"] == {"job": done, "page-seed": done}
    assert services["page-seed"]["depends_on"] == {"job": done}
    assert seed.once


def test_rules_know_what_is_not_started_again() -> None:
    ends = {
        restart: _one_shot(Properties({"mustRun": False, "restart": restart}))
        for restart in ("no", "on-failure", "always", "unless-stopped")
    }
    assert ends == {"no": True, "on-failure": True, "always": False, "unless-stopped": False}
    assert not _one_shot(Properties({"mustRun": True, "restart": "no"}))


def test_a_stand_in_ends_as_well(tmp_path: Path) -> None:
    stack = small_stack("wood", "job") + "  fleet:stand_ins: true\n"
    fleet = assert_accepted(tmp_path, job=small_group(main=JOB), stack_wood=stack).fleet
    assert container(plan_stack(fleet, "wood"), "job").command == ("true",)


def test_what_runs_first_may_write_the_volume_of_its_group(tmp_path: Path) -> None:
    mount = "mounts: {notes: {path: /data}}"
    seed = f"{SEED}    {mount}\n"
    page = small_group(
        top="volumes: {notes: {writers: one}}", main=f"{mount}\nhealth: {{command: [check]}}\ncommand: [/bin/own]"
    )
    stack = small_stack("wood", "page", "other")
    other = small_group(main="command: [/bin/own]")
    plan = plan_stack(assert_accepted(tmp_path, page=page + seed, other=other, stack_wood=stack).fleet, "wood")
    changed = seed.replace("seed:1", "seed:2")
    fleet = assert_accepted(tmp_path, page=page + changed, other=other, stack_wood=stack).fleet
    again = plan_stack(fleet, "wood")
    assert container(plan, "page").labels["fleet.first"] != container(again, "page").labels["fleet.first"]
    assert container(plan, "other") == container(again, "other")
    two = seed + seed.replace("  seed:", "  seed-more:")
    foreign = small_group(main=f"{mount}\ncommand: [/bin/own]\nrun: once")
    for groups in ({"page": page + two, "other": other}, {"page": page + seed, "other": foreign}):
        found = faults_of(write_project(tmp_path, stack_wood=stack, **groups))
        assert any("notes allows one writer" in fault for fault in found)


def test_compose_is_not_waiting_for_the_health_of_a_job_that_is_last(tmp_path: Path) -> None:
    groups = {"job": small_group(main=JOB), "page": small_group(top="start_after: [job]")}
    stack = small_stack("wood", *groups)
    plan = plan_stack(assert_accepted(tmp_path, **groups, stack_wood=stack).fleet, "wood")
    assert start_commands(plan)[-1].endswith(" up --wait")
    groups["last"] = small_group(top="start_after: [page]", main=JOB)
    fleet = assert_accepted(tmp_path, **groups, stack_wood=small_stack("wood", *groups)).fleet
    *_, first, last = start_commands(plan_stack(fleet, "wood"))
    assert first.endswith(" up --wait job page")
    assert last.endswith(" up --detach --no-deps last")
