"""Plans of a project's stacks, made by the code of a tree in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_RUNNER = """
import contextlib, gc, io, json, os, sys
gc.disable()
from cli.app import app
for arguments in json.loads(sys.argv[1]):
    out, err, code = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            app(arguments)
        except SystemExit as end:
            code = end.code or 0
    print(json.dumps([code, out.getvalue(), err.getvalue()]), flush=True)
os._exit(0)
"""
"""Runs commands of the tree's own `fleet` one after the other: Pulumi is imported once, not once a stack."""

_WITH_PLAN = (0, 1, 3)
OUR_CODE = Path(__file__).resolve().parents[2]
"""Where the code that runs now lies."""


@dataclass(frozen=True)
class Reading:
    """One stack of a tree. `plan` is what `fleet plan --json` prints; None where there is none, for the reason given.

    code: exit code of that command; usd: US dollars a month at idle, expected and maximum load, None where not priced.
    """

    plan: Mapping[str, Any] | None
    code: int
    complaint: str
    usd: Mapping[str, float] | None = field(default=None)


def stacks_of(tree: Path) -> list[str]:
    """Names of a project's stacks, sorted."""
    return sorted(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in tree.glob("Pulumi.*.yaml"))


def has_code(tree: Path) -> bool:
    """Whether a tree brings the `fleet` command that plans it; a project may also hold configuration alone."""
    return (tree / "cli" / "app.py").is_file()


def read_tree(tree: Path, stacks: Sequence[str], code: Path) -> dict[str, Reading]:
    """Stack -> its plan, made by the code in a folder."""
    if not has_code(code):
        return {stack: Reading(None, 1, "it has no fleet command yet") for stack in stacks}
    commands = [[command, stack, "--json"] for command in ("plan", "cost") for stack in stacks]
    answers, failure = _run(tree, code, commands)
    amounts = _amounts(answers[len(stacks) :])
    readings = {}
    for number, stack in enumerate(stacks):
        if number >= len(answers):
            readings[stack] = Reading(None, 1, failure)
            continue
        exit_code, out, err = answers[number]
        plan = _plan(out.replace(str(tree), ".")) if exit_code in _WITH_PLAN else None
        readings[stack] = Reading(plan, exit_code, err.replace(f"{tree}/", "").strip(), amounts.get(stack))
    return readings


def _run(tree: Path, code: Path, commands: Sequence[Sequence[str]]) -> tuple[list[tuple[int, str, str]], str]:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", _RUNNER, json.dumps(commands)],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(code), "PYDANTIC_DISABLE_PLUGINS": "__all__"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    answers = [tuple(json.loads(line)) for line in done.stdout.splitlines() if line.startswith("[")]
    if done.returncode == 0:
        return answers, ""
    lines = done.stderr.strip().splitlines()
    return answers, f"no `fleet plan` could be run ({lines[-1] if lines else f'exit code {done.returncode}'})"


def _plan(text: str) -> Mapping[str, Any] | None:
    try:
        plan = json.loads(text)
    except ValueError:
        return None
    return plan if isinstance(plan, dict) and "resources" in plan else None


def _amounts(answers: Sequence[tuple[int, str, str]]) -> dict[str, Mapping[str, float]]:
    """Stack -> amounts; without a stack that has none, or of a tree whose `fleet` knows no costs yet."""
    priced = [json.loads(out) for code, out, _ in answers if code == 0]
    return {cost["stack"]: cost["usd"] for cost in priced if "usd" in cost}
