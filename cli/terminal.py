"""Exit codes, the project's root folder, and the console."""

from __future__ import annotations

import os
import shutil
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from fleet.errors import UserError
from fleet.source.faults import ConfigurationError

__all__ = ["Exit", "UserError", "console", "guarded", "print_document", "project_root", "trimmed"]

if TYPE_CHECKING:
    from rich.console import Console

WIDTH_MIN = 80
WIDTH_MAX = 400
WIDTH_PIPED = 120
"""Columns if the output is not a terminal and COLUMNS is not set."""

_INTERRUPTED = 130
"""Shell exit code after Ctrl-C: 128 + SIGINT."""


class InternalError(Exception):
    """An internal error of another process; the message is complete."""


class Exit(IntEnum):
    """Exit codes of every command."""

    GOOD = 0
    BUG = 1
    BAD_INPUT = 2
    POLICY_VIOLATED = 3
    UNHEALTHY = 4


def project_root() -> Path:
    """The nearest folder with a Pulumi.yaml, from the working directory up. Raises UserError if there is none."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "Pulumi.yaml").is_file():
            return folder
    msg = f"{here}: no Pulumi.yaml in this folder or its parents; run fleet inside the project"
    raise UserError(msg)


def console(*, error: bool = False) -> Console:
    """Standard output, or error, 80 to 400 columns wide; without control codes if it is not a terminal."""
    from rich.console import Console

    stream = sys.stderr if error else sys.stdout
    width = _columns_asked() or (shutil.get_terminal_size().columns if stream.isatty() else WIDTH_PIPED)
    # With both sizes given, rich does not read COLUMNS and LINES, where it fails on digits such as "²".
    return Console(
        file=stream, width=min(max(width, WIDTH_MIN), WIDTH_MAX), height=25, highlight=False, soft_wrap=False
    )


def _columns_asked() -> int:
    """COLUMNS; 0 if it is no number."""
    try:
        return int(os.environ.get("COLUMNS", ""))
    except ValueError:
        return 0


def print_document(text: str) -> None:
    """Prints what could be a file, in UTF-8 like a file, whatever the terminal's encoding."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))


@contextmanager
def trimmed(out: Console, *, error: bool = False) -> Iterator[None]:
    """Captures what the block prints, and prints it without trailing blanks (tables pad their cells).

    error: to standard error.
    """
    with out.capture() as captured:
        yield
    print("\n".join(line.rstrip() for line in captured.get().splitlines()), file=sys.stderr if error else None)


def guarded(command: Callable[[], object], form: str = "") -> NoReturn:
    """Runs a command and exits with its code. Errors are reported without a traceback.

    form: `json` or `sarif` to print an error as data too, "" to print none.
    """
    try:
        done = command()
        sys.stdout.flush()
    except (KeyboardInterrupt, click.Abort):
        raise SystemExit(_INTERRUPTED) from None
    except Exception as error:
        code = _reported(error)
        if form:
            _print_failure(error, code, form)
        raise SystemExit(code) from None
    raise SystemExit(int(done) if isinstance(done, int) else Exit.GOOD)


def _reported(error: Exception) -> int:
    """Exit code of an error, which is printed on standard error."""
    if isinstance(error, click.ClickException):
        error.show()
        return error.exit_code
    print(_text(error), file=sys.stderr)
    if isinstance(error, (ConfigurationError, UserError)):
        return Exit.BAD_INPUT
    if isinstance(error, InternalError):
        return Exit.BUG
    if os.environ.get("FLEET_DEBUG"):
        traceback.print_exception(error)
    elif not isinstance(error, OSError):
        print("set FLEET_DEBUG=1 for a traceback", file=sys.stderr)
    return Exit.BAD_INPUT if isinstance(error, OSError) else Exit.BUG


def _text(error: Exception) -> str:
    if isinstance(error, click.ClickException):
        return error.format_message()
    if isinstance(error, (ConfigurationError, UserError, InternalError)):
        return str(error)
    if isinstance(error, OSError):
        # Of the environment, since whatever the commands expect to fail is handled there.
        place = f"{error.filename}: cannot be used" if error.filename else "the system refused a call"
        return f"{place} ({error.strerror or error}); check permissions, limits and free space"
    return f"fleet: internal error: {type(error).__name__}: {error}"


def _print_failure(error: Exception, code: int, form: str) -> None:
    from cli.view.failure import failure_json, failure_sarif

    faults = error.faults if isinstance(error, ConfigurationError) else ()
    write = failure_sarif if form == "sarif" else failure_json
    # What failed may be standard output.
    with suppress(OSError):
        print(write(_text(error), faults, code), flush=True)
