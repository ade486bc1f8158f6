"""What a shell may offer: names of stacks, groups, containers and rules.

Read from the names and lines of files, never by loading the project: a key press must not wait for a second, and what
is broken must not stop it. Without a project there is nothing to offer, and nothing is said.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import typer

from cli.terminal import UserError, project_root

# Typer evaluates annotations that are texts at every start: none are here, nor in cli/app.py.
_Offers = list[tuple[str, str]]
"""Word -> what it is, which zsh and fish show beside it."""

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


def stacks(incomplete: str) -> _Offers:
    """Stacks, by their files, with their machine's title."""
    files = _files("Pulumi.*.yaml")
    return _starting(incomplete, ((file.name.split(".", 1)[1][: -len(".yaml")], _said(file, _TITLE)) for file in files))


def groups(incomplete: str) -> _Offers:
    """Container groups, by their files."""
    return _starting(incomplete, ((file.stem, _said(file, _DESCRIPTION)) for file in _files("groups/*/*.yaml")))


def systems(incomplete: str) -> _Offers:
    """Folders of groups, with the number of groups in each."""
    folders = [file.parent.name for file in _files("groups/*/*.yaml")]
    return _starting(incomplete, [(name, f"{folders.count(name)} groups") for name in sorted(set(folders))])


def groups_of_stack(ctx: typer.Context, incomplete: str) -> _Offers:
    """Groups of the stack that stands before; all where that names none."""
    return _starting(incomplete, _of_stack(ctx, groups("")))


def resources(ctx: typer.Context, incomplete: str) -> _Offers:
    """Groups of the stack that stands before, and their sidecars."""
    sidecars = [
        (f"{file.stem}-{name}", f"a sidecar of {file.stem}")
        for file in _files("groups/*/*.yaml")
        for inside in _INSIDE.findall(_text(file))
        for name in _CONTAINER.findall(inside)
        if name != "main"
    ]
    known = dict(_of_stack(ctx, groups("")))
    beside = [(name, said) for name, said in sidecars if said.rsplit(" ", 1)[1] in known]
    return _starting(incomplete, [*known.items(), *beside])


def rules(incomplete: str) -> _Offers:
    """Ids of the rules, by their files."""
    found = (_RULE.match(file.name) for file in _files("policy/rules/*.py"))
    named = ((match[1].upper(), match[2].replace("_", "-")) for match in found if match)
    return _starting(incomplete, named)


def _of_stack(ctx: typer.Context, known: _Offers) -> _Offers:
    stack = ctx.params.get("stack")
    text = "".join(_text(file) for file in _files(f"Pulumi.{stack}.yaml")) if _NAME.fullmatch(str(stack)) else ""
    run = {name for found in _RUN.findall(f"{text}\n") for part in found for name in _NAME.findall(_uncommented(part))}
    return [offer for offer in known if offer[0] in run] or known


def _uncommented(text: str) -> str:
    return re.sub(r"#.*", "", text)


def _starting(incomplete: str, offers: Iterator[tuple[str, str]] | _Offers) -> _Offers:
    # zsh evaluates what it is offered: whoever names a file must not write a command.
    return [
        (word, _UNSAFE.sub("", said))
        for word, said in offers
        if word.startswith(incomplete) and _NAME.fullmatch(word.lower())
    ]


def _said(file: Path, pattern: re.Pattern[str]) -> str:
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
