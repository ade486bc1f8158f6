"""Completion in a shell: its installation, and the names of stacks, groups, containers and rules it offers.

Names are read from file names and lines, without loading the project: a key press must not wait for a second, and a
broken file must not stop it. Without a project nothing is offered, and nothing is printed.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path

import click
from click.shell_completion import CompletionItem, get_completion_class

from cli.terminal import Exit, UserError, project_root

_Offers = list[tuple[str, str]]
"""Words, each with a description that zsh and fish show."""

_TITLE = re.compile(r"^ +title: *(.*)$", re.MULTILINE)
_DESCRIPTION = re.compile(r"^description: *(.*)$", re.MULTILINE)
_RUN = re.compile(r"^ +fleet:groups: *(?:\[([^]]*)\])?\n((?: *(?:#.*|- .*)?\n)*)", re.MULTILINE)
_INSIDE = re.compile(r"^containers:.*\n((?:(?: .*|#.*)?\n)*)", re.MULTILINE)
_CONTAINER = re.compile(r"^  ([a-z][a-z0-9-]*):", re.MULTILINE)
_NAME = re.compile(r"[a-z][a-z0-9-]*")
_RULE = re.compile(r"^([a-z]\d\d)_(\w+)\.py$")
_UNSAFE = re.compile(r"[^\w .,:;/+…-]")
_SHOWN = 60
"""Letters of a description that are shown."""

_STARTED_BY = {
    "bash": (".bashrc", ". {script}"),
    "zsh": (".zshrc", "autoload -Uz compinit && compinit && . {script}"),
    "fish": (".config/fish/config.fish", "source {script}"),
}
"""Shell -> the file that it reads when it starts, and the line there that reads our script."""


def install_and_exit(ctx: click.Context, param: click.Parameter, shell: str | None) -> None:
    """Installs completion for a shell, the login shell for `""`, and ends the process. Does nothing for None."""
    if shell is None or ctx.resilient_parsing:
        return
    name = shell or Path(os.environ.get("SHELL", "")).name
    completion = get_completion_class(name)
    if completion is None or name not in _STARTED_BY:
        msg = f'"{name}" is not supported; name bash, zsh or fish'
        raise click.BadParameter(msg, ctx, param)
    start_file, line = _STARTED_BY[name]
    script = Path.home() / ".config" / "fleet" / f"complete.{name}"
    started_by = Path.home() / start_file
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(completion(ctx.command, {}, "fleet", "_FLEET_COMPLETE").source(), encoding="utf-8")
    started_by.parent.mkdir(parents=True, exist_ok=True)
    with started_by.open("a+", encoding="utf-8") as file:
        file.seek(0)
        if str(script) not in file.read():
            file.write(f"\n{line.format(script=script)}\n")
    print(f"{script}: written, and read by {started_by}; open a new {name} to use it")
    sys.exit(Exit.GOOD)


def stacks(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Stacks, by their files, with their machine's title."""
    files = _files("Pulumi.*.yaml")
    return _starting(
        incomplete, ((file.name.split(".", 1)[1][: -len(".yaml")], _described(file, _TITLE)) for file in files)
    )


def groups(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Container groups, by their files."""
    return _starting(incomplete, _groups())


def systems(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Folders of groups, with the number of groups in each."""
    folders = [file.parent.name for file in _files("groups/*/*.yaml")]
    return _starting(incomplete, [(name, f"{folders.count(name)} groups") for name in sorted(set(folders))])


def groups_of_stack(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Groups of the preceding stack argument; all if it has none."""
    return _starting(incomplete, _of_stack(ctx, _groups()))


def resources(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Groups of the preceding stack argument, and their sidecars."""
    sidecars = [
        (f"{file.stem}-{name}", f"a sidecar of {file.stem}")
        for file in _files("groups/*/*.yaml")
        for inside in _INSIDE.findall(_text(file))
        for name in _CONTAINER.findall(inside)
        if name != "main"
    ]
    known = dict(_of_stack(ctx, _groups()))
    of_known = [(name, text) for name, text in sidecars if text.rsplit(" ", 1)[1] in known]
    return _starting(incomplete, [*known.items(), *of_known])


def rules(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Ids of the rules, by their files."""
    found = (_RULE.match(file.name) for file in _files("policy/rules/*.py"))
    named = ((match[1].upper(), match[2].replace("_", "-")) for match in found if match)
    return _starting(incomplete, named)


def _groups() -> _Offers:
    return [(file.stem, _described(file, _DESCRIPTION)) for file in _files("groups/*/*.yaml")]


def _of_stack(ctx: click.Context, known: _Offers) -> _Offers:
    stack = ctx.params.get("stack")
    text = "".join(_text(file) for file in _files(f"Pulumi.{stack}.yaml")) if _NAME.fullmatch(str(stack)) else ""
    run = {name for found in _RUN.findall(f"{text}\n") for part in found for name in _NAME.findall(_uncommented(part))}
    return [offer for offer in known if offer[0] in run] or known


def _uncommented(text: str) -> str:
    return re.sub(r"#.*", "", text)


def _starting(incomplete: str, offers: Iterable[tuple[str, str]]) -> list[CompletionItem]:
    # A shell may evaluate what it is offered: whoever names a file must not write a command.
    return [
        CompletionItem(word, help=_UNSAFE.sub("", description))
        for word, description in offers
        if word.startswith(incomplete) and _NAME.fullmatch(word.lower())
    ]


def _described(file: Path, pattern: re.Pattern[str]) -> str:
    found = pattern.search(_text(file))
    words = found[1].strip(" \"'") if found else ""
    return words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1]}…"


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _files(pattern: str) -> list[Path]:
    try:
        return sorted(project_root().glob(pattern))
    except (UserError, OSError):
        return []
