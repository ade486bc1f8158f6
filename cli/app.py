"""The `fleet` command. Each module of `cli/commands/` is a command of its name, imported when it is asked for."""

from __future__ import annotations

import gc
import os
import sys
from collections import UserDict
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from cli import commands, completing
from cli.terminal import guarded


class _Modules(UserDict[str, click.Command]):
    """Name -> command, for each module of `cli/commands/`; a module is imported when its command is looked up.

    The module `plan` holds the command `plan`. To add a command is to add a module.
    """

    def __init__(self) -> None:
        names = (file.stem for folder in commands.__path__ for file in Path(folder).glob("[a-z]*.py"))
        super().__init__(dict.fromkeys(sorted(names), click.Command(None)))

    def __getitem__(self, name: str) -> click.Command:
        if name not in self.data:
            raise KeyError(name)
        command = getattr(import_module(f"{commands.__name__}.{name}"), name)
        assert isinstance(command, click.Command)  # noqa: S101  (a test imports every module)
        return command


class _Guarded(click.Group):
    """Ends the process with the exit code that a command returns, or with the one of what it raises."""

    def invoke(self, ctx: click.Context) -> Any:
        guarded(lambda: super(_Guarded, self).invoke(ctx))


@click.group(name="fleet", cls=_Guarded, commands=_Modules())
@click.option(
    "--install-completion",
    "shell",
    is_flag=False,
    flag_value="",
    metavar="[SHELL]",
    expose_value=False,
    callback=completing.install_and_exit,
    help="Install completion for bash, zsh or fish; for the login shell if none is named.",
)
def app() -> None:
    """Container groups of AI agents on whatever machines you have: check, preview, judge."""


def main() -> None:
    """Entry point."""
    # A command lives for a second: looking for cycles costs it more than the memory they hold.
    gc.disable()
    # No plugin of pydantic is used, and looking for some reads the metadata of every installed package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        app(prog_name="fleet")
    except SystemExit as end:
        if not isinstance(end.code, int):
            raise
        with suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        # Python would take every module apart first, for as long as a tenth of a second.
        os._exit(end.code)
