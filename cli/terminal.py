"""Exit codes, the project's root folder, and the console."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from fleet.errors import UserError
from fleet.source.faults import ConfigurationError

__all__ = ["Exit", "UserError", "console", "guarded", "project_root", "trimmed"]

if TYPE_CHECKING:
    from rich.console import Console

WIDTH_MIN = 80
WIDTH_PIPED = 120
"""Columns if the output is not a terminal and COLUMNS is not set."""

_INTERRUPTED = 130
"""Shell exit code after Ctrl-C: 128 + SIGINT."""


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


def console() -> Console:
    """Standard output, at least 80 columns wide; without control codes if it is not a terminal."""
    from rich.console import Console

    class Plain(Console):
        def on_broken_pipe(self) -> None:
            # Rich would exit with an error; `guarded` exits without one.
            raise

    plain = Plain(highlight=False, soft_wrap=False)
    asked = os.environ.get("COLUMNS", "")
    width = plain.width if plain.is_terminal else int(asked) if asked.isdigit() else WIDTH_PIPED
    plain.width = max(width, WIDTH_MIN)
    return plain


@contextmanager
def trimmed(out: Console) -> Iterator[None]:
    """Captures what the block prints, and prints it without trailing blanks (tables pad their cells)."""
    with out.capture() as captured:
        yield
    print("\n".join(line.rstrip() for line in captured.get().splitlines()))


def guarded(command: Callable[[], Exit]) -> NoReturn:
    """Runs a command and exits with its code. Bad input is reported without a traceback; click reports usage errors."""
    try:
        code = command()
        sys.stdout.flush()
    except (click.ClickException, click.Abort, click.exceptions.Exit):
        raise
    except (ConfigurationError, UserError) as error:
        print(error, file=sys.stderr)
        code = Exit.BAD_INPUT
    except KeyboardInterrupt:
        raise SystemExit(_INTERRUPTED) from None
    except BrokenPipeError:
        # The reader of the pipe is gone; Python would report it again on closing standard output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = Exit.GOOD
    except Exception as error:
        print(f"fleet: internal error: {type(error).__name__}: {error}", file=sys.stderr)
        if os.environ.get("FLEET_DEBUG"):
            traceback.print_exc()
        else:
            print("set FLEET_DEBUG=1 for a traceback", file=sys.stderr)
        code = Exit.BUG
    raise SystemExit(int(code))
