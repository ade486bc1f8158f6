"""Runs the `fleet` command: in this process where that will do, in one of its own where encodings and pipes matter."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import chdir
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from click.testing import CliRunner

from cli.group import app
from tests.unit.builders import ROOT, Change, write_project

_PLAIN: dict[str, str | None] = dict.fromkeys(("COLUMNS", "NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "FLEET_DEBUG"))


@dataclass(frozen=True)
class Answer:
    """How a command ended, and what it said where."""

    code: int
    out: str
    err: str


def fleet(folder: Path, *arguments: str, **env: str) -> Answer:
    """Runs a command in a folder, its output no terminal. What it does not handle is raised here."""
    with chdir(folder):
        result = CliRunner().invoke(app, arguments, env={**_PLAIN, **env})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Answer(result.exit_code, result.stdout, result.stderr)


@cache
def shipped(*arguments: str, columns: int = 120) -> Answer:
    """Runs a command on the shipped project; it must not write."""
    return fleet(ROOT, *arguments, COLUMNS=str(columns))


def write_program(folder: Path, /, main: str | None = None, **changes: Change) -> Path:
    """A copy of the shipped project that can be planned; `main` replaces its program."""
    write_project(folder, **changes)
    shutil.copy(ROOT / "Pulumi.yaml", folder)
    (folder / "__main__.py").write_text(main or (ROOT / "__main__.py").read_text(encoding="utf-8"), encoding="utf-8")
    return folder


def process(folder: Path, *arguments: str, **env: str) -> Answer:
    """Runs a command in a process of its own; what it prints is read as ASCII with everything else marked."""
    command = [sys.executable, "-c", "from cli.app import main; main()", *arguments]
    inherited = {name: value for name, value in os.environ.items() if name not in _PLAIN}
    done = subprocess.run(
        command, cwd=folder, env={**inherited, "PYTHONPATH": str(ROOT), **env}, capture_output=True, check=False
    )
    return Answer(done.returncode, *(text.decode("ascii", "backslashreplace") for text in (done.stdout, done.stderr)))
