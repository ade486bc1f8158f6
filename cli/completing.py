"""Shell completion of stacks, groups, containers and rules, and its installation.

Names come from file names and regular expressions, since loading the project is too slow for a key press and fails on
invalid files. Outside a project nothing is offered.
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
"""(word, description); zsh and fish show the description."""

_TITLE = re.compile(r"^ +title: *(.*)$", re.MULTILINE)
_DESCRIPTION = re.compile(r"^description: *(.*)$", re.MULTILINE)
_RUN = re.compile(r"^ +fleet:groups: *(?:\[([^]]*)\])?\n((?: *(?:#.*|- .*)?\n)*)", re.MULTILINE)
_CONTAINERS = re.compile(r"^containers:.*\n((?:(?: .*|#.*)?\n)*)", re.MULTILINE)
_CONTAINER = re.compile(r"^  ([a-z][a-z0-9-]*):", re.MULTILINE)
_NAME = re.compile(r"[a-z][a-z0-9-]*")
_RULE = re.compile(r"^([a-z]\d\d)_(\w+)\.py$")
_UNSAFE = re.compile(r"[^\w .,:;/+…-]")
_LENGTH_MAX = 60

_STARTUP = {
    "bash": (".bashrc", ". {script}"),
    "zsh": (".zshrc", "autoload -Uz compinit && compinit && . {script}"),
    "fish": (".config/fish/config.fish", "source {script}"),
}
"""Shell -> its startup file, and the line that sources the completion script."""


def install_and_exit(ctx: click.Context, param: click.Parameter, shell: str | None) -> None:
    """Installs completion for a shell (`""`: the login shell) and exits. Does nothing for None."""
    if shell is None or ctx.resilient_parsing:
        return
    name = shell or Path(os.environ.get("SHELL", "")).name
    completion = get_completion_class(name)
    if completion is None or name not in _STARTUP:
        msg = f'"{name}" is not supported; use bash, zsh or fish'
        raise click.BadParameter(msg, ctx, param)
    file_name, line = _STARTUP[name]
    script, startup = Path.home() / ".config" / "fleet" / f"complete.{name}", Path.home() / file_name
    from cli.writing import write_files

    files: dict[Path, bytes | Path] = {
        script: completion(ctx.command, {}, "fleet", "_FLEET_COMPLETE").source().encode()
    }
    before = startup.read_bytes() if startup.exists() else b""
    if str(script).encode() not in before:
        files[startup] = before + f"\n{line.format(script=script)}\n".encode()
    write_files(files, "set HOME to a folder that you can write")
    print(f"{script}: written, sourced by {startup}; open a new {name} to use it")
    sys.exit(Exit.GOOD)


def stacks(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Stacks, each with its machine's title."""
    files = _files("Pulumi.*.yaml")
    return _starting(incomplete, [(file.stem.removeprefix("Pulumi."), _described(file, _TITLE)) for file in files])


def groups(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Container groups, each with its description."""
    return _starting(incomplete, _groups())


def systems(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Folders of `groups/`, each with its number of groups."""
    folders = [file.parent.name for file in _files("groups/*/*.yaml")]
    return _starting(incomplete, [(name, f"{folders.count(name)} groups") for name in sorted(set(folders))])


def groups_of_stack(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Groups of the preceding stack argument, or all groups if that stack has none."""
    return _starting(incomplete, _groups_of_stack(ctx))


def resources(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Groups of the preceding stack argument, and their sidecars."""
    known = dict(_groups_of_stack(ctx))
    sidecars = [
        (f"{file.stem}-{name}", f"a sidecar of {file.stem}")
        for file in _files("groups/*/*.yaml")
        for containers in (_CONTAINERS.findall(_text(file)) if file.stem in known else ())
        for name in _CONTAINER.findall(containers)
        if name != "main"
    ]
    return _starting(incomplete, [*known.items(), *sidecars])


def rules(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Rule ids, each with the rule's name."""
    matches = (_RULE.match(file.name) for file in _files("policy/rules/*.py"))
    return _starting(incomplete, [(match[1].upper(), match[2].replace("_", "-")) for match in matches if match])


def _groups() -> _Offers:
    return [(file.stem, _described(file, _DESCRIPTION)) for file in _files("groups/*/*.yaml")]


def _groups_of_stack(ctx: click.Context) -> _Offers:
    stack = str(ctx.params.get("stack"))
    text = "".join(_text(file) for file in _files(f"Pulumi.{stack}.yaml")) if _NAME.fullmatch(stack) else ""
    lists = "".join(part for parts in _RUN.findall(f"{text}\n") for part in parts)
    names = _NAME.findall(re.sub(r"#.*", "", lists))
    known = _groups()
    return [offer for offer in known if offer[0] in names] or known


def _starting(incomplete: str, offers: Iterable[tuple[str, str]]) -> list[CompletionItem]:
    # A shell may evaluate completions: a file name must not become a command.
    return [
        CompletionItem(word, help=_UNSAFE.sub("", description))
        for word, description in offers
        if word.startswith(incomplete) and _NAME.fullmatch(word.lower())
    ]


def _described(file: Path, pattern: re.Pattern[str]) -> str:
    match = pattern.search(_text(file))
    words = match[1].strip(" \"'") if match else ""
    return words if len(words) <= _LENGTH_MAX else f"{words[: _LENGTH_MAX - 1]}…"


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _files(pattern: str) -> list[Path]:
    try:
        return sorted(file for file in project_root().glob(pattern) if not file.name.startswith("."))
    except (UserError, OSError):
        return []
