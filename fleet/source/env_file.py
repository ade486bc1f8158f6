"""Reads files of `NAME=value` lines by the rules of Compose's `.env`, without its interpolation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_START = re.compile(r"[ \t]*(?:export[ \t]+)?(?P<name>[^\s=:#'\"]+)[ \t]*(?P<equals>=?)[ \t]*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_QUOTED = re.compile(r"'(?P<single>(?:[^'\\]|\\.)*)'|\"(?P<double>(?:[^\"\\]|\\.)*)\"", re.DOTALL)
_END = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\n|\Z)")
_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#.*")
_VARIABLE = re.compile(r"(?<!\\)\$(?:\{|[A-Za-z_])")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "$": "$"}


@dataclass(frozen=True, slots=True)
class Line:
    """A variable and its 1-based line; problem and remedy if it is none."""

    number: int
    name: str = ""
    value: str = ""
    problem: str = ""
    remedy: str = ""


def read_variables(text: str) -> Iterator[Line]:
    """Every variable of a file, and every line that is none. Quoted values may span lines."""
    at, counted, number, text = 0, 0, 1, text.replace("\r\n", "\n")
    while at < len(text):
        number, counted, end = number + text.count("\n", counted, at), at, _end_of_line(text, at)
        if not text[at:end].strip() or text[at:end].lstrip().startswith("#"):
            at = end + 1
            continue
        start = _START.match(text, at, end)
        if start is None or not start["equals"] or not _NAME.fullmatch(start["name"]):
            # The line may hold a secret, so that it is not quoted.
            yield Line(number, problem="is not NAME=value", remedy="write NAME=value, or # before a comment")
            at = end + 1
            continue
        value, problem, remedy, at = _value(text, start.end(), end)
        yield Line(number, start["name"], value, problem, remedy)


def _value(text: str, at: int, end: int) -> tuple[str, str, str, int]:
    """Value, problem and remedy, and where the next line begins."""
    if text[at : at + 1] in ("'", '"'):
        quoted = _QUOTED.match(text, at)
        after = _END.match(text, quoted.end()) if quoted else None
        if quoted is None or after is None:
            problem = "has a quote that does not end its value"
            return "", problem, "close the quote at the end of the value, or put the value into quotes", end + 1
        if quoted["single"] is not None:
            return quoted["single"].replace("\\'", "'"), "", "", after.end()
        value, following = quoted["double"], after.end()
        unescaped = re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[0]), value, flags=re.DOTALL)
    else:
        value, following = _COMMENT.sub("", text[at:end]).strip(), end + 1
        unescaped = value
    if _VARIABLE.search(value):
        problem = "takes a value from another variable, which a file of the plan cannot"
        return "", problem, "write the value, or put a literal $ into single quotes", following
    return unescaped, "", "", following


def _end_of_line(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found
