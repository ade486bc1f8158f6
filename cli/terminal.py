"""How the command speaks: exit codes, where the project lies, and a console that suits what it writes to."""

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
"""Columns where the output is no terminal and says nothing else."""

_INTERRUPTED = 130
"""Exit code of a shell command that Ctrl-C ended: 128 and the signal's number."""


class Exit(IntEnum):
    """Exit codes, the same for every command."""

    GOOD = 0
    BUG = 1
    BAD_INPUT = 2
    POLICY_VIOLATED = 3
    UNHEALTHY = 4


def project_root() -> Path:
    """The nearest folder, from the working directory up, that holds a Pulumi.yaml.

    Raises UserError where there is none.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "Pulumi.yaml").is_file():
            return folder
    msg = f"{here}: no Pulumi.yaml here or above; run fleet inside the project"
    raise UserError(msg)


def console() -> Console:
    """Standard output: as wide as the terminal from 80 columns up, without control codes where it is none."""
    from rich.console import Console

    class Plain(Console):
        def on_broken_pipe(self) -> None:
            # Rich would end the process with an error; here the last guard decides.
            raise

    plain = Plain(highlight=False, soft_wrap=False)
    asked = os.environ.get("COLUMNS", "")
    width = plain.width if plain.is_terminal else int(asked) if asked.isdigit() else WIDTH_PIPED
    plain.width = max(width, WIDTH_MIN)
    return plain


@contextmanager
def trimmed(out: Console) -> Iterator[None]:
    """Prints what is written to a console meanwhile, without the blanks that tables pad their cells with."""
    with out.capture() as captured:
        yield
    print("\n".join(line.rstrip() for line in captured.get().splitlines()))


def guarded(command: Callable[[], Exit]) -> NoReturn:
    """Runs a command and ends the process with its exit code. Bad input is reported without a traceback.

    Click's own errors, of a command line that cannot be parsed, are left to click.
    """
    try:
        code = command()
        sys.stdout.flush()
    except (click.ClickException, click.Abort, click.exceptions.Exit):
        raise
    except (ConfigurationError, UserError) as error:
        _complain(str(error))
        code = Exit.BAD_INPUT
    except KeyboardInterrupt:
        raise SystemExit(_INTERRUPTED) from None
    except BrokenPipeError:
        # The reader of a pipe left; Python would complain again when it closes standard output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = Exit.GOOD
    except Exception as error:
        _complain(f"fleet: a bug of ours: {type(error).__name__}: {error}")
        if os.environ.get("FLEET_DEBUG"):
            traceback.print_exc()
        else:
            _complain("set FLEET_DEBUG=1 to see where")
        code = Exit.BUG
    raise SystemExit(int(code))


def _complain(text: str) -> None:
    print(text, file=sys.stderr)
