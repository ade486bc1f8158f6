"""Plans of a project's stacks, made by the project's own code in another process."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.interrupts import captured
from cli.view.failure import fault_of
from fleet.source.faults import Fault

_RUNNER = """
import contextlib, gc, io, json, os, sys
gc.disable()
try:
    from cli.group import app
except ImportError:  # an older base
    from cli.app import app
with contextlib.suppress(Exception):
    # Faults are reported by the commands; a base may not have it yet.
    from fleet.load.project import keep_project
    from pathlib import Path
    keep_project(Path.cwd())
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
"""Runs several `fleet` commands in one process, so that Pulumi is imported once."""

_WITH_PLAN = (0, 1, 3)
OUR_CODE = Path(__file__).resolve().parents[2]
"""Root of the code that is running."""


@dataclass(frozen=True)
class Reading:
    """A stack of a tree: the output of `fleet plan --json`, None if it failed; its exit code and standard error.

    faults: of files, why it failed; usd: US dollars a month at idle, expected and maximum load; None if not priced.
    """

    plan: Mapping[str, Any] | None
    code: int
    complaint: str
    usd: Mapping[str, float] | None = None
    faults: tuple[Fault, ...] = ()


def stacks_of(tree: Path) -> list[str]:
    """Names of a project's stacks, sorted."""
    return sorted(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in tree.glob("Pulumi.*.yaml"))


def has_code(tree: Path) -> bool:
    """Whether a tree has a `fleet` command of its own, not only configuration."""
    return (tree / "cli" / "app.py").is_file()


def read_tree(tree: Path, stacks: Sequence[str], code: Path, options: Sequence[str] = ()) -> dict[str, Reading]:
    """Stack -> its reading, by the code in the folder `code`. options: of `fleet plan`."""
    if not has_code(code):
        return {stack: Reading(None, 1, "it has no fleet command yet") for stack in stacks}
    plans = [["plan", stack, "--json", *options] for stack in stacks]
    answers, failure = _run(tree, code, [*plans, *(["cost", stack, "--json"] for stack in stacks)])
    priced = [json.loads(out) for exit_code, out, _ in answers[len(stacks) :] if exit_code == 0]
    usd = {cost["stack"]: cost["usd"] for cost in priced if "usd" in cost}
    readings = {stack: Reading(None, 1, failure) for stack in stacks}
    for stack, (exit_code, out, err) in zip(stacks, answers, strict=False):
        plan = _plan(out.replace(str(tree), ".")) if exit_code in _WITH_PLAN else None
        faults = () if plan else _faults(out)
        readings[stack] = Reading(plan, exit_code, err.replace(f"{tree}/", "").strip(), usd.get(stack), faults)
    return readings


def _run(tree: Path, code: Path, commands: Sequence[Sequence[str]]) -> tuple[list[tuple[int, str, str]], str]:
    """(exit code, standard output, standard error) of each command, and why there are fewer answers than commands."""
    env = {**os.environ, "PYTHONPATH": str(code), "PYDANTIC_DISABLE_PLUGINS": "__all__", "PYTHONIOENCODING": "utf-8"}
    done = captured([sys.executable, "-c", _RUNNER, json.dumps(commands)], tree, env)
    out, err = (text.decode("utf-8", "replace") for text in (done.stdout, done.stderr))
    answers = [tuple(json.loads(line)) for line in out.splitlines() if line.startswith("[")]
    reason = (err.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
    return answers, f"fleet plan failed ({reason})" if done.returncode else ""


def _plan(text: str) -> Mapping[str, Any] | None:
    try:
        plan = json.loads(text)
    except ValueError:
        return None
    return plan if isinstance(plan, dict) and "resources" in plan else None


def _faults(text: str) -> tuple[Fault, ...]:
    """Faults of a command that failed; none if the code of the tree is too old to print them."""
    try:
        return tuple(fault_of(node) for node in json.loads(text)["faults"])
    except (ValueError, LookupError, TypeError):
        return ()
