"""`fleet new ...`: what can be asked for."""

from collections.abc import Callable
from enum import StrEnum
from importlib import import_module
from typing import Annotated

import typer

from cli.completing import systems
from cli.terminal import Exit, guarded

starting = typer.Typer(help="A starting file that is valid as it stands.", no_args_is_help=True)


class Runs(StrEnum):
    """Targets that a machine can be written for."""

    DOCKER = "docker"
    KUBERNETES = "kubernetes"
    CLOUDRUN = "cloudrun"


# As in cli/app.py: no `from __future__ import annotations`.
NewName = Annotated[str, typer.Argument(help="Lower-case words joined by dashes", metavar="NAME")]


@starting.command("group")
def new_group(
    name: NewName,
    system: Annotated[
        str, typer.Option("--system", help="Folder of groups/ it goes to", autocompletion=systems)
    ] = "assistant",
) -> None:
    """A container group, in groups/<system>/."""
    guarded(lambda: _command("new_group")(name, system))


@starting.command("machine")
def new_machine(
    name: NewName,
    target: Annotated[Runs, typer.Option("--target", help="What runs its containers")] = Runs.DOCKER,
) -> None:
    """A machine, in Pulumi.<name>.yaml."""
    guarded(lambda: _command("new_machine")(name, target.value))


@starting.command("policy")
def new_policy(
    name: NewName,
    rule_id: Annotated[
        str | None,
        typer.Option("--id", help="A letter and two digits; the next free one of X without it"),
    ] = None,
) -> None:
    """A rule in policy/rules/, and its test."""
    guarded(lambda: _command("new_policy")(name, rule_id))


def _command(name: str) -> Callable[..., Exit]:
    found: Callable[..., Exit] = getattr(import_module("cli.commands.new"), name)
    return found
