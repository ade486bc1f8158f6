"""What the documents name exists: files, functions in them, make targets, commands and their options, links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import click

from cli.group import app
from tests.unit.docs.markdown import ROOT, blocks, commands, documents, links, spans

_PATH = re.compile(r"^(?P<path>[\w.*<>-]+(/[\w.*<>-]+)*/?)(:{1,2}(?P<symbol>[A-Za-z_]\w*))?$")
_SUFFIXES = (".py", ".yaml", ".md", ".toml", ".txt", ".json", ".in")
_MADE_AT_RUN_TIME = ("policy.json", "compose.yaml")
"""Files a reader writes."""

_MAKE = re.compile(r"(?:^|[\s(])make ([a-z][a-z-]*)")
_FLEET = re.compile(r"(?:^|[\s(/])fleet ((?:[a-z]+ ?)+)([^|;#]*)")


def test_every_file_that_is_named_exists() -> None:
    missing = [fault for document in documents() for fault in _missing_files(document)]
    assert not missing, "\n".join(missing)


def _missing_files(document: Path) -> Iterator[str]:
    own = {
        line
        for block in [*blocks(document, "yaml"), *blocks(document, "python")]
        for line in block.text.splitlines()[:1]
    }
    written = {line.removeprefix("# ").partition(",")[0] for line in own}
    for span in spans(document):
        named = _PATH.match(span.text)
        if named and _is_path(named["path"]) and not _is_there(named["path"], written):
            yield f"{span.place}: `{span.text}` names no file of the project"
        elif named and named["symbol"] and not _defines(ROOT / named["path"], named["symbol"]):
            yield f"{span.place}: {named['path']} defines no {named['symbol']}"


def _is_path(text: str) -> bool:
    """Whether a span is meant as a path of the project: by its ending, or because it starts in one of our folders."""
    first = text.partition("/")[0]
    return text.endswith(_SUFFIXES) or ("/" in text and (text.endswith("/") or (ROOT / first).is_dir()))


def _is_there(text: str, written: set[str]) -> bool:
    if text in written or text in _MADE_AT_RUN_TIME or text.rstrip("/") in _ignored():
        return True
    pattern = re.sub(r"<[\w-]+>", "*", text).rstrip("/")
    return any(ROOT.glob(pattern)) or any(fnmatch(name, pattern) for name in written)


def _ignored() -> set[str]:
    return {line.rstrip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()}


def _defines(file: Path, symbol: str) -> bool:
    if file.suffix != ".py":
        return True
    return (
        re.search(rf"^\s*(?:async def|def|class) {symbol}\b", file.read_text(encoding="utf-8"), re.MULTILINE)
        is not None
    )


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    pieces = [piece for document in documents() for piece in commands(document)]
    named = [(piece.place, target) for piece in pieces for target in _MAKE.findall(piece.text)]
    missing = [f"{place}: the Makefile has no target {target}" for place, target in named if target not in targets]
    assert not missing, "\n".join(missing)


def test_every_fleet_command_that_is_named_exists() -> None:
    unknown = []
    for piece in (piece for document in documents() for piece in commands(document)):
        for words, rest in _FLEET.findall(piece.text):
            unknown += [
                f"{piece.place}: fleet {words.strip()}: {fault}" for fault in _command_faults(words.split(), rest)
            ]
    assert not unknown, "\n".join(unknown)


def _command_faults(words: list[str], rest: str) -> list[str]:
    command: click.Command = app
    for word in words:
        if not isinstance(command, click.Group):
            break  # The rest are arguments.
        if word not in command.commands:
            return [f"{word} is no command"]
        command = command.commands[word]
    known = {option for parameter in command.params for option in parameter.opts}
    return [f"{option} is no option" for option in re.findall(r"(?:^|\s)(--[a-z-]+)", rest) if option not in known]


def test_every_link_leads_somewhere() -> None:
    inside = [
        (link, document.parent / link.text.partition("#")[0])
        for document in documents()
        for link in links(document)
        if "://" not in link.text
    ]
    missing = [f"{link.place}: {link.text} leads nowhere" for link, target in inside if not target.exists()]
    assert not missing, "\n".join(missing)
