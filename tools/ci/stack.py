"""Runs Pulumi on one stack in the pipeline: preview, drift or deployment.

python -m tools.ci.stack {preview,drift,up} STACK --report FILE

The report is Markdown, appended to FILE. It is empty if the stack has not drifted, to distinguish it from that of a
failed job.
"""

from __future__ import annotations

import argparse
import os
import subprocess
from pathlib import Path

from cli.deploy.preflight import Refusal, refusal
from cli.terminal import Exit, UserError, guarded, project_root
from fleet.load.project import load_project
from fleet.plan.planner import plan_stack
from tools.ci.credentials import FILES, lay_out, missing

COMMANDS = {
    "preview": (("preview", "--policy-pack", "policy"),),
    "drift": (("refresh", "--preview-only", "--expect-no-changes"),),
    # Refreshed first: otherwise a manual change is taken for the deployed state, and stays. On its own, since the
    # policies of `up --refresh` judge what the update removes too, as if it stayed.
    "up": (("refresh", "--yes", "--skip-preview"), ("up", "--yes", "--policy-pack", "policy")),
}
_PLAIN = ("--non-interactive", "--color", "never", "--suppress-progress", "--suppress-outputs")
_UNKNOWN_STACK = "no stack named"
_GUIDE = "docs/pull-requests.md"
_REPORT_MAX = 20_000
"""Characters of Pulumi's output in a report, from its end."""


class NotConfiguredError(UserError):
    """The job lacks credentials."""


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="python -m tools.ci.stack", description="Preview, compare or deploy a stack.")
    parser.add_argument("action", choices=sorted(COMMANDS))
    parser.add_argument("stack")
    parser.add_argument("--report", type=Path, required=True, help="file to append Markdown to")
    arguments = parser.parse_args()
    guarded(lambda: run(arguments.action, arguments.stack, arguments.report))


def run(action: str, stack: str, report: Path) -> Exit:
    """Runs Pulumi, prints its output and reports it.

    A preview without credentials is skipped with a line. Drift and deployments are requested by FLEET_STACKS, so
    missing credentials are bad input there.
    """
    try:
        return _run(action, stack, report)
    except UserError as error:
        if action == "preview" and isinstance(error, NotConfiguredError):
            _add(report, f"{error}\n")
            return Exit.GOOD
        _add(report, f"## {stack}: no {action}\n\n{_fenced(str(error))}\n")
        raise


def _run(action: str, stack: str, report: Path) -> Exit:
    absent = missing(_connection(stack), os.environ)
    if absent:
        msg = f"{stack}: no {action}, since {', '.join(absent)} is not set; see {_GUIDE}"
        raise NotConfiguredError(msg)
    for kept in lay_out(os.environ, Path.home()):
        print(kept)
    if action == "up" and (refused := _refusal(stack)):
        print(refused.text)
        _add(report, f"## {stack}: up fails\n\n{_fenced(refused.text)}\n")
        return refused.exit
    if not _selected(stack, create=action == "up"):
        print(f"{stack}: not deployed yet; nothing to compare")
        _add(report, "")
        return Exit.GOOD
    code, texts = 0, list[str]()
    for command in COMMANDS[action]:
        code, text = _pulumi(*command, "--stack", stack, *_PLAIN)
        print(text)
        texts.append(text.strip())
        if code:
            break
    text = "\n\n".join(texts)
    without_drift = action == "drift" and not code
    verdict = "fails" if code else "passes"
    _add(report, "" if without_drift else f"## {stack}: {action} {verdict}\n\n{_fenced(text)}\n")
    if not code:
        return Exit.GOOD
    return Exit.UNHEALTHY if action == "drift" else Exit.BUG


def _refusal(stack: str) -> Refusal | None:
    root = project_root()
    project = load_project(root)
    return refusal(root, project, plan_stack(project.fleet, stack))


def _connection(stack: str) -> str:
    return plan_stack(load_project(project_root()).fleet, stack).machine.connection


def _selected(stack: str, *, create: bool) -> bool:
    """Whether the backend has the stack; `create` creates it."""
    code, text = _pulumi("stack", "select", *(["--create"] if create else []), stack, "--non-interactive")
    if code and (create or _UNKNOWN_STACK not in text):
        msg = f"{stack}: the backend cannot be used ({text.strip()}); see {_GUIDE}"
        raise UserError(msg)
    return code == 0


def _pulumi(*arguments: str) -> tuple[int, str]:
    """Exit code and output of a Pulumi command in the project."""
    try:
        done = subprocess.run(  # noqa: S603  (fixed commands)
            ["pulumi", *arguments],  # noqa: S607  (the job installs it)
            cwd=project_root(),
            env={name: value for name, value in os.environ.items() if name not in FILES},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except FileNotFoundError:
        msg = "pulumi is not on PATH; install it in a step before this one"
        raise UserError(msg) from None
    return done.returncode, done.stdout


def _fenced(text: str) -> str:
    # A fence inside the output must not end ours.
    return f"````text\n{text.strip()[-_REPORT_MAX:].replace('````', '```')}\n````"


def _add(report: Path, text: str) -> None:
    report.parent.mkdir(parents=True, exist_ok=True)
    with report.open("a", encoding="utf-8") as out:
        out.write(text)


if __name__ == "__main__":
    main()
