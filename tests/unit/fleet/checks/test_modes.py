"""Modes: groups that take turns on a machine's cards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fleet.model import Fleet
from fleet.plan.deployment import Deployment
from fleet.plan.planner import plan_stack
from tests.unit.builders import (
    ROOT,
    assert_accepted,
    assert_refused,
    chain,
    faults_of,
    small_group,
    small_stack,
    swap,
    write_project,
)

_SIDECAR = (
    small_group(main="agents: {Moon: {}}")
    + "  xx:\n    image: {reference: 'fleet.local/x:1'}\n    memory: {request: 64MiB}\n"
    + "    cpu: {request: 100m, limit: 100m}\n    health: {command: [check]}\n"
)


def _writer(top: str) -> str:
    return small_group(top=top, main="mounts: {notes: {path: /data}}\ncommand: [/bin/own]")


_TURNS = {"language-stack-gpu", "audio-emotion", "vision-gpu"}


def modes(mode: str | None, **named: str) -> Callable[[str], str]:
    """Adds modes to the end of a stack's file."""

    def change(text: str) -> str:
        lines = ["  fleet:modes:", *(f"    {name}: [{groups}]" for name, groups in named.items())]
        return text + "\n".join(lines if mode is None else [*lines, f"  fleet:mode: {mode}"]) + "\n"

    return change


TALK = modes("talk", talk="language-stack-gpu, audio-emotion", see="vision-gpu")
SEE = modes("see", talk="language-stack-gpu, audio-emotion", see="vision-gpu")
MORE = swap("gpu: {request: 1536MiB", "gpu: {request: 6GiB")


def turns(folder: Path, change: Callable[[str], str]) -> tuple[Fleet, Deployment]:
    fleet = assert_accepted(folder, mainpc=change).fleet
    return fleet, plan_stack(fleet, "mainpc")


def test_only_the_groups_of_the_mode_run_and_those_of_none(tmp_path: Path) -> None:
    fleet, plan = turns(tmp_path, TALK)
    assert {group.name for group in plan.groups} == set(fleet.stacks["mainpc"].groups) - {"vision-gpu"}
    assert (plan.mode, plan.off) == ("talk", ("vision-gpu",))
    assert "vision-gpu" not in [share.group for share in plan.cards[0].shares]
    assert "vision-gpu" not in {endpoint.group for endpoint, _ in plan.published}


def test_each_mode_shows_its_use_of_the_card(tmp_path: Path) -> None:
    _, plan = turns(tmp_path, TALK)
    shares = {mode: {share.group for share in cards[0].shares} & _TURNS for mode, cards in plan.modes.items()}
    assert shares == {"talk": {"language-stack-gpu", "audio-emotion"}, "see": {"vision-gpu"}}
    assert plan.modes["talk"] == plan.cards


def test_volumes_of_groups_that_are_off_stay(tmp_path: Path) -> None:
    kept = plan_stack(assert_accepted(tmp_path / "always").fleet, "mainpc").volumes
    assert {volume.group for volume in kept.values()} & _TURNS
    for name, change in {"talk": TALK, "see": SEE}.items():
        _, plan = turns(tmp_path / name, change)
        assert set(plan.volumes) == set(kept)


def test_a_switch_changes_nothing_of_the_groups_that_run_in_both_modes(tmp_path: Path) -> None:
    fleet, talk = turns(tmp_path / "talk", TALK)
    other, see = turns(tmp_path / "see", SEE)
    both = {group.name for group in talk.groups} & {group.name for group in see.groups}
    assert len(both) == len(fleet.stacks["mainpc"].groups) - len(_TURNS)
    for name in both:
        assert [g for g in talk.groups if g.name == name] == [g for g in see.groups if g.name == name]
    assert plan_stack(fleet, "pc2").groups == plan_stack(other, "pc2").groups


def test_what_never_fits_together_fits_in_turns(tmp_path: Path) -> None:
    (together,) = faults_of(write_project(tmp_path / "together", vision_gpu=MORE))
    assert together.endswith("or put groups into different modes")
    assert_accepted(tmp_path / "turns", vision_gpu=MORE, mainpc=TALK)


def test_a_mode_that_is_not_deployed_must_fit_too(tmp_path: Path) -> None:
    talk = "language-stack-gpu, audio-emotion"
    both = modes("talk", talk=talk, see=f"vision-gpu, {talk}")
    (fault,) = faults_of(write_project(tmp_path, vision_gpu=MORE, mainpc=both))
    assert "6 656 MiB do not fit on gpu0 of mainpc (RTX 4090, mode see) with the other containers" in fault


def test_main_memory_is_counted_mode_by_mode(tmp_path: Path) -> None:
    less = swap("memory: 64GiB", "memory: 46GiB")
    (fault,) = faults_of(write_project(tmp_path / "together", mainpc=less))
    assert "machine.memory" in fault
    assert_accepted(tmp_path / "turns", mainpc=chain(less, TALK))
    both = modes("talk", talk="language-stack-gpu, audio-emotion", see="vision-gpu, language-stack-gpu, audio-emotion")
    (fault,) = faults_of(write_project(tmp_path / "see", mainpc=chain(less, both)))
    assert "too little for the requests of 8 groups in mode see" in fault


@pytest.mark.parametrize(
    ("change", "anchor", "message"),
    [
        (
            modes(None, day="vision-gpu"),
            "fleet:modes",
            "modes: no mode is selected; set mode to one of day",
        ),
        (
            modes("noon", day="language-stack-gpu, audio-emotion", night="vision-gpu"),
            "fleet:mode:",
            "mode: mainpc has no mode noon; use one of day, night",
        ),
        (
            modes("day", day="vision-gp"),
            "    day:",
            "modes.day.0: mainpc has no group vision-gp; did you mean vision-gpu?",
        ),
        (
            modes("day", day="vision-gpu, vision-gpu"),
            "    day:",
            "modes.day.1: lists vision-gpu twice; keep one",
        ),
        (
            lambda text: text + "  fleet:mode: day\n",
            "fleet:mode:",
            "mode: mainpc has no mode day; add it under modes, or drop mode",
        ),
    ],
    ids=["none chosen", "unknown", "no group", "twice", "without modes"],
)
def test_a_wrong_mode_is_reported_with_its_line(
    change: Callable[[str], str], anchor: str, message: str, tmp_path: Path
) -> None:
    assert_refused(tmp_path, "mainpc", anchor, message, mainpc=change)


_SHARED = {
    "a container's name": (small_group(main="agents: {Sun: {}}"), _SIDECAR, "container name day-xx"),
    "an agent": (small_group(main="agents: {Same: {}}"), small_group(main="agents: {Same: {}}"), "Same runs twice"),
    "a volume of one writer": (_writer("volumes: {notes: {writers: one}}"), _writer(""), "notes allows one writer"),
}


def test_groups_that_no_mode_runs_together_share_names_agents_and_writers(tmp_path: Path) -> None:
    wrong = []
    for what, (one, other, problem) in _SHARED.items():
        names = ("day-xx", "day") if what.startswith("a container") else ("day", "night")
        stack = small_stack("wood", *names)
        for mode, text in {
            "apart": f"{stack}  fleet:modes: {{sun: [{names[0]}], moon: [{names[1]}]}}\n  fleet:mode: sun\n",
            "always": stack,
            "with one of all modes": f"{stack}  fleet:modes: {{moon: [{names[1]}]}}\n  fleet:mode: moon\n",
        }.items():
            groups = {names[0].replace("-", "_"): one, names[1]: other}
            found = faults_of(write_project(tmp_path / f"{what} {mode}", stack_wood=text, **groups))
            expected = 0 if mode == "apart" else 1
            if len(found) < expected or not all(problem in fault for fault in found) or (found and not expected):
                wrong.append((what, mode, found))
    assert not wrong


def test_a_container_of_a_group_that_is_off_is_known_by_name_and_group(tmp_path: Path) -> None:
    stack = small_stack("wood", "day-xx", "day")
    text = f"{stack}  fleet:modes: {{sun: [day-xx], moon: [day]}}\n  fleet:mode: sun\n"
    fleet = assert_accepted(tmp_path, stack_wood=text, day_xx=small_group(main="agents: {Sun: {}}"), day=_SIDECAR).fleet
    assert dict(plan_stack(fleet, "wood").off_containers) == {"day": ("day",), "day-xx": ("day",)}


def test_what_starts_after_a_group_runs_in_its_modes_alone(tmp_path: Path) -> None:
    change = modes("talk", talk="audio-emotion", see="language-stack-gpu")
    problem = "modes.talk: audio-emotion starts after language-stack-gpu, which does not run in mode talk"
    remedy = "add language-stack-gpu to the mode, or remove audio-emotion from it"
    assert_refused(tmp_path, "mainpc", "    talk:", f"{problem}; {remedy}", mainpc=change)


def test_a_cluster_has_no_modes(tmp_path: Path) -> None:
    text = (ROOT / "Pulumi.cluster.yaml").read_text(encoding="utf-8")
    found = faults_of(write_project(tmp_path, stack_cluster=modes("day", day="agentic-flow")(text)))
    problem = "modes are for machines without a GPU scheduler, but cluster is kubernetes"
    assert [fault for fault in found if problem in fault]
