"""The `fleet` command: one subcommand for each module of `cli/commands/`, imported on first use."""

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
    """Module name -> the command of that name. A module is imported when its command is looked up."""

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
    help="Install completion for bash, zsh or fish (default: the login shell).",
)
def app() -> None:
    """Plan, check and deploy groups of AI-agent containers."""


def main() -> None:
    """Entry point."""
    # Garbage collection takes longer than it saves in a process this short.
    gc.set_threshold(200000, 1000, 1000)
    # Looking for pydantic plugins reads the metadata of every installed package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        app(prog_name="fleet")
    except SystemExit as end:
        if not isinstance(end.code, int):
            raise
        with suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        # Skips interpreter shutdown, which takes up to 0.1 s.
        os._exit(end.code)
