"""Prints how long validate, plan and preview take, each beside a bare program and its budget."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.projects import bare_program, many_groups, shipped
from benchmarks.timing import Command, medians, seconds

BIN = Path(sys.executable).parent
SIZES = (125, 250, 500)
VALIDATE_BUDGET_S = 0.4
PLAN_RATIO = 1.5
PREVIEW_RATIO = 1.1


@dataclass(frozen=True)
class Row:
    """One line of the table; `bare_s` and the ratio are absent where nothing is compared."""

    what: str
    ours_s: float
    bare_s: float | None
    budget: str
    good: bool


def main() -> None:
    """Measures everything that can be measured here; says what cannot."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"{'what':<34} {'ours s':>7} {'bare s':>7} {'ratio':>6}   budget")
        for row in _rows(folder):
            bare = f"{row.bare_s:7.2f}" if row.bare_s else " " * 7
            ratio = f"{row.ours_s / row.bare_s:6.2f}" if row.bare_s else " " * 6
            verdict = "holds" if row.good else "MISSED"
            print(f"{row.what:<34} {row.ours_s:7.2f} {bare} {ratio}   {row.budget}: {verdict}", flush=True)


def _rows(folder: Path) -> Iterator[Row]:
    project = shipped(folder / "shipped")
    took = medians({"validate": _fleet(project, "validate")}, 7)["validate"]
    yield Row("fleet validate, whole fleet", took, None, f"{VALIDATE_BUDGET_S} s", took <= VALIDATE_BUDGET_S)
    yield _plan("fleet plan mainpc", project, "mainpc", folder / "bare-mainpc", 7)
    for size in SIZES:
        big = many_groups(folder / f"big-{size}", size)
        yield _plan(f"fleet plan, {size} groups", big, "big", folder / f"bare-{size}", 3)
    if shutil.which("pulumi") is None:
        print("engine preview: not measured, pulumi is not on PATH")
        return
    yield _preview(folder, project)


def _plan(what: str, project: Path, stack: str, bare: Path, runs: int) -> Row:
    program = bare_program(bare, project, stack)
    runner = Command([str(BIN / "python"), "runner.py", str(program / "__main__.py")], program, {})
    times = medians({"ours": _fleet(project, "plan", stack), "bare": runner}, runs)
    good = times["ours"] <= PLAN_RATIO * times["bare"]
    return Row(what, times["ours"], times["bare"], f"{PLAN_RATIO} x bare", good)


def _preview(folder: Path, project: Path) -> Row:
    bare = folder / "bare-mainpc"
    commands = {"ours": _pulumi(project, "mainpc", "preview"), "bare": _pulumi(bare, "bare", "preview")}
    seconds(_pulumi(project, "mainpc", "stack", "init"))
    seconds(_pulumi(bare, "bare", "stack", "init"))
    times = medians(commands, 5)
    good = times["ours"] <= PREVIEW_RATIO * times["bare"]
    return Row("engine preview mainpc", times["ours"], times["bare"], f"{PREVIEW_RATIO} x bare", good)


def _fleet(project: Path, *arguments: str) -> Command:
    return Command([str(BIN / "fleet"), *arguments], project, {})


def _pulumi(project: Path, stack: str, *arguments: str) -> Command:
    state = project / "state"
    state.mkdir(exist_ok=True)
    environment = {
        "PULUMI_BACKEND_URL": f"file://{state}",
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
    }
    named = [stack] if "init" in arguments else ["--stack", stack]
    return Command(["pulumi", *arguments, *named, "--non-interactive"], project, environment)


if __name__ == "__main__":
    main()
