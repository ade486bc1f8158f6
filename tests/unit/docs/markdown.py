"""Documents of the project, taken apart: fenced blocks, and what stands in backticks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

_FENCE = re.compile(r"^\s*```(\S*)\s*$")
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_INDENT = "    "


@dataclass(frozen=True)
class Piece:
    """A block, a span or a link of a document, and the line it begins in."""

    document: Path
    line: int
    text: str
    language: str = ""

    @property
    def place(self) -> str:
        """`docs/add-a-group.md:12`."""
        return f"{self.document.relative_to(ROOT)}:{self.line}"


def documents() -> list[Path]:
    """Every document that people read."""
    tops = [ROOT / name for name in ("README.md", "CONTRIBUTING.md")]
    return [
        *(top for top in tops if top.is_file()),
        *sorted((ROOT / "docs").rglob("*.md")),
        *sorted((ROOT / "examples").rglob("*.md")),
    ]


def name_of(document: Path) -> str:
    """Its path in the project, to tell test cases apart."""
    return str(document.relative_to(ROOT))


def blocks(document: Path, language: str) -> list[Piece]:
    """The fenced blocks of one language."""
    return [piece for piece in _split(document)[0] if piece.language == language]


def commands(document: Path) -> list[Piece]:
    """Lines that people type: indented ones, those of shell blocks, and spans."""
    fenced, prose = _split(document)
    typed = [line for line in prose if line.text.startswith(_INDENT)]
    for block in fenced:
        if block.language in ("sh", "bash", "console", "shell"):
            typed += [Piece(document, block.line + n, text) for n, text in enumerate(block.text.splitlines(), start=1)]
    return [*typed, *spans(document)]


def spans(document: Path) -> list[Piece]:
    """What stands in backticks."""
    return list(_found(document, _SPAN))


def links(document: Path) -> list[Piece]:
    """Targets of links."""
    return list(_found(document, _LINK))


def tables(document: Path) -> list[list[dict[str, str]]]:
    """Its tables: a row as heading -> cell, without backticks."""
    found: list[list[dict[str, str]]] = []
    headings: list[str] = []
    for piece in _split(document)[1]:
        cells = [cell.strip().replace("`", "") for cell in piece.text.strip().strip("|").split("|")]
        if not piece.text.startswith("|"):
            headings = []
        elif not headings:
            headings = cells
            found.append([])
        elif set(piece.text) - set("|-: "):
            found[-1].append(dict(zip(headings, cells, strict=True)))
    return found


def _found(document: Path, pattern: re.Pattern[str]) -> Iterator[Piece]:
    for line in _split(document)[1]:
        for match in pattern.finditer(line.text):
            yield Piece(document, line.line, match[1])


def _split(document: Path) -> tuple[list[Piece], list[Piece]]:
    """Fenced blocks, and the lines outside them."""
    fenced: list[Piece] = []
    prose: list[Piece] = []
    opened: Piece | None = None
    inside: list[str] = []
    for number, text in enumerate(document.read_text(encoding="utf-8").splitlines(), start=1):
        fence = _FENCE.match(text)
        if fence and opened is None:
            opened = Piece(document, number, "", fence[1])
        elif fence and opened is not None:
            fenced.append(Piece(document, opened.line, "\n".join(inside) + "\n", opened.language))
            opened, inside = None, []
        elif opened is not None:
            inside.append(text)
        else:
            prose.append(Piece(document, number, text))
    assert opened is None, f"{opened.place if opened else document}: the block is never closed"
    return fenced, prose
