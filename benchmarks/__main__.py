"""Prints the times of commands, a preview and an update, with their budgets and the times of bare programs."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks import engine_up
from benchmarks.judging import judging_s
from benchmarks.projects import bare_program, edited, many_groups, shipped
from benchmarks.timing import Command, medians, output, pulumi, seconds, usage

BIN = Path(sys.executable).parent
SIZES = (125, 250, 500)
COMMANDS_S = {
    "validate": 0.25,
    "plan cluster": 1.0,
    "explain mainpc language-stack-gpu memory": 1.2,
    "report --output -": 1.2,
}
"""Command -> its budget in seconds, on an idle machine with two cores."""

DIFF_BUDGET_S = 2.5
PLAN_RATIO = 1.5
PREVIEW_RATIO = 1.1
VALIDATED = 10_000
"""Groups that are validated."""

VALIDATE_BUDGET_S = 6.0
VALIDATE_RATIO = 2.3
"""Of that many to half as many: time grows with their number."""

SCALED = 5000
"""Groups of one machine that are planned, priced, drawn and exported."""

SCALED_S = {"plan big": 30.0, "cost": 10.0, "graph": 10.0, "export compose big": 30.0}
"""Command -> its budget in seconds."""

SCALE_MIB = 1024
SCALE_RATIO = 2.3
"""Of that many to half as many, in time and in memory."""

JUDGED = 5000
"""Kubernetes resources that are judged."""

JUDGE_BUDGET_S = 4.0
JUDGE_RATIO = 2.3
"""Of that many to half as many: time grows with their number."""


@dataclass(frozen=True)
class Row:
    """One line of the table; `bare_s` is None without a bare program."""

    what: str
    ours_s: float
    bare_s: float | None
    budget: str
    good: bool


def main() -> None:
    """Measures what can be measured here, and prints what cannot."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"{'what':<46} {'ours s':>7} {'bare s':>7} {'ratio':>6}   budget")
        for row in _rows(folder):
            bare = f"{row.bare_s:7.2f}" if row.bare_s else " " * 7
            ratio = f"{row.ours_s / row.bare_s:6.2f}" if row.bare_s else " " * 6
            verdict = "holds" if row.good else "MISSED"
            print(f"{row.what:<46} {row.ours_s:7.2f} {bare} {ratio}   {row.budget}: {verdict}", flush=True)


def _rows(folder: Path) -> Iterator[Row]:
    project = shipped(folder / "shipped")
    times = medians({command: _fleet(project, *command.split()) for command in COMMANDS_S}, 7)
    for command, budget_s in COMMANDS_S.items():
        yield _command(command, times[command], budget_s)
    yield from _diff(edited(folder / "edited"))
    yield _plan("fleet plan mainpc", project, "mainpc", folder / "bare-mainpc", 7)
    for size in SIZES:
        big = many_groups(folder / f"big-{size}", size)
        yield _plan(f"fleet plan, {size} groups", big, "big", folder / f"bare-{size}", 3)
    yield _validate(folder)
    yield from _scale(folder)
    yield _judge()
    if shutil.which("pulumi") is None:
        print("engine preview and bring-up: not measured, pulumi is not on PATH")
        return
    yield _preview(folder, project)
    try:
        up = engine_up.bring_up(folder)
    except engine_up.NotMeasuredError as why:
        print(f"engine bring-up: not measured, {why}")
        return
    budget = f"{engine_up.RATIO} x bare with wait"
    yield Row("engine up mainpc, stand-ins", up["ours"], up["bare"], budget, up["ours"] <= engine_up.RATIO * up["bare"])


def _command(command: str, took_s: float, budget_s: float) -> Row:
    return Row(f"fleet {command}", took_s, None, f"{budget_s} s", took_s <= budget_s)


def _diff(project: Path) -> Iterator[Row]:
    # A diff runs the code of both sides, and that of an old commit may need what is no longer installed.
    command = Command([str(BIN / "fleet"), "diff", "--json", "--base", "HEAD"], project, {"PYTHONPATH": str(project)})
    same = [stack["stack"] for stack in json.loads(output(command))["stacks"] if not stack["resources"]]
    if same:
        print(f"fleet diff: not measured, {', '.join(same)} did not differ or could not be planned")
        return
    yield _command("diff, six stacks", medians({"diff": command}, 5)["diff"], DIFF_BUDGET_S)


def _plan(what: str, project: Path, stack: str, bare: Path, runs: int) -> Row:
    program = bare_program(bare, project, stack)
    runner = Command([str(BIN / "python"), "runner.py", str(program / "__main__.py")], program, {})
    times = medians({"ours": _fleet(project, "plan", stack), "bare": runner}, runs)
    good = times["ours"] <= PLAN_RATIO * times["bare"]
    return Row(what, times["ours"], times["bare"], f"{PLAN_RATIO} x bare", good)


def _validate(folder: Path) -> Row:
    half, whole = (many_groups(folder / f"many-{count}", count) for count in (VALIDATED // 2, VALIDATED))
    times = medians({"half": _fleet(half, "validate"), "whole": _fleet(whole, "validate")}, 3)
    budget = f"{VALIDATE_BUDGET_S} s, {VALIDATE_RATIO} x half as many"
    good = times["whole"] <= VALIDATE_BUDGET_S and times["whole"] <= VALIDATE_RATIO * times["half"]
    return Row(f"fleet validate, {VALIDATED} groups", times["whole"], None, budget, good)


def _scale(folder: Path) -> Iterator[Row]:
    half, whole = (many_groups(folder / f"scaled-{count}", count) for count in (SCALED // 2, SCALED))
    for command, budget_s in SCALED_S.items():
        half_s, half_mib = usage(_fleet(half, *command.split()))
        took_s, mib = usage(_fleet(whole, *command.split()))
        within = took_s <= budget_s and mib <= SCALE_MIB
        good = within and took_s <= SCALE_RATIO * half_s and mib <= SCALE_RATIO * half_mib
        halved = f"{SCALE_RATIO} x half as many ({half_s:.1f} s, {half_mib:.0f} MiB)"
        budget = f"{budget_s:g} s, {SCALE_MIB} MiB ({mib:.0f}), {halved}"
        yield Row(f"fleet {command}, {SCALED} groups", took_s, None, budget, good)


def _judge() -> Row:
    half, took = judging_s(JUDGED // 2), judging_s(JUDGED)
    budget = f"{JUDGE_BUDGET_S:g} s, and {JUDGE_RATIO} x half as many ({half:.2f} s)"
    good = took <= JUDGE_BUDGET_S and took <= JUDGE_RATIO * half
    return Row(f"judge {JUDGED} Kubernetes resources", took, None, budget, good)


def _preview(folder: Path, project: Path) -> Row:
    bare = folder / "bare-mainpc"
    commands = {"ours": pulumi(project, "mainpc", "preview"), "bare": pulumi(bare, "bare", "preview")}
    seconds(pulumi(project, "mainpc", "stack", "init"))
    seconds(pulumi(bare, "bare", "stack", "init"))
    times = medians(commands, 5)
    good = times["ours"] <= PREVIEW_RATIO * times["bare"]
    return Row("engine preview mainpc", times["ours"], times["bare"], f"{PREVIEW_RATIO} x bare", good)


def _fleet(project: Path, *arguments: str) -> Command:
    return Command([str(BIN / "fleet"), *arguments], project, {})


if __name__ == "__main__":
    main()
