"""The `fleet` command: one subcommand for each module of `cli/commands/`, imported on first use."""

from __future__ import annotations

import sys
from collections import UserDict
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

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
    def main(self, args: Sequence[str] | None = None, *names: Any, **options: Any) -> NoReturn:
        # Errors of the command line are data too.
        words = sys.argv[1:] if args is None else args
        form = next((form for form in ("json", "sarif") if f"--{form}" in words), "")
        options["standalone_mode"] = False
        guarded(lambda: super(_Guarded, self).main(args, *names, **options), form)


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
