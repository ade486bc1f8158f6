"""YAML text as a list of parser events: one document of bounded depth, without tags.

Events, and not the library's nodes: its composer recurses in C for each level, and a deep file ends the process.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

from fleet.source.text_file import UnreadableError, ensure_printable

DEPTH_MAX = 50
"""Levels of nesting; our deepest key has 8."""

_SYNTAX = "correct the syntax"
_IN_QUOTES = "while scanning a quoted scalar"
_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STARTS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_ENDS = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
_PROBLEMS = {
    "found character that cannot start any token": "found a character that cannot start a value, such as a tab, @ or `"
}


def parse(text: str) -> list[Any]:
    """Events of the one document, without those of stream and document; empty for an empty one.

    Raises UnreadableError, with the line, for text that is invalid or outside of our YAML.
    """
    ensure_printable(text)
    parser = _PARSER(text)
    events: list[Any] = []
    try:
        _read(parser, events)
    except yaml.MarkedYAMLError as error:
        line, problem = _cause(error, events)
        raise UnreadableError(problem=f"is not valid YAML ({problem})", remedy=_SYNTAX, line=line) from None
    except yaml.YAMLError as error:
        problem = f"is not valid YAML ({str(error).splitlines()[0]})"
        raise UnreadableError(problem=problem, remedy=_SYNTAX) from None
    finally:
        parser.dispose()
    return events


def _cause(error: yaml.MarkedYAMLError, events: Sequence[Any]) -> tuple[int | None, str]:
    """Line and problem of a syntax error: at the quote or bracket that lacks its end, not where the parser gave up."""
    at = error.problem_mark.line if error.problem_mark else None
    # A quote that lacks its end takes the next quote for it.
    last: Any = events[-1] if events else None
    open_in = at
    if error.context == _IN_QUOTES and error.context_mark:
        open_in = error.context_mark.line
    if getattr(last, "style", None) in ("'", '"'):
        first, end = last.start_mark.line, last.end_mark.line
        if first < end == open_in:
            return first + 1, f"the quote that opens here is closed only in line {end + 1}"
    if error.context == _IN_QUOTES and open_in is not None:
        return open_in + 1, "the quote that opens here is never closed"
    bracket = _open_bracket(events)
    if bracket is not None and at is not None and bracket.start_mark.line < at:
        start, end = "[]" if isinstance(bracket, yaml.SequenceStartEvent) else "{}"
        return _line(bracket), f"the {start} that opens here lacks a comma or its {end} by line {at + 1}"
    return None if at is None else at + 1, _PROBLEMS.get(str(error.problem), str(error.problem))


def _open_bracket(events: Sequence[Any]) -> Any:
    """The start of the innermost collection that is open, if it is one in brackets."""
    opened: list[Any] = []
    for event in events:
        if isinstance(event, _STARTS):
            opened.append(event)
        elif isinstance(event, _ENDS):
            opened.pop()
    return opened[-1] if opened and opened[-1].flow_style else None


def _read(parser: Any, events: list[Any]) -> None:
    """Appends the events, as far as the text is valid."""
    depth = documents = 0
    while parser.check_event():
        event = parser.get_event()
        kind = type(event)
        if kind is yaml.ScalarEvent or kind is yaml.AliasEvent:
            events.append(event)
        elif kind in _STARTS:
            depth += 1
            if depth > DEPTH_MAX:
                problem = f"is nested more than {DEPTH_MAX} levels deep"
                raise UnreadableError(problem=problem, remedy="flatten it", line=_line(event))
            events.append(event)
        elif kind in _ENDS:
            depth -= 1
            events.append(event)
        elif kind is yaml.DocumentStartEvent:
            documents += 1
            _ensure_ours(event, documents)


def _ensure_ours(start: yaml.DocumentStartEvent, number: int) -> None:
    if number > 1:
        remedy = "keep one document per file"
        raise UnreadableError(problem="holds a second document", remedy=remedy, line=_line(start))
    if start.version and start.version < (1, 2):
        problem = f"asks for YAML {start.version[0]}.{start.version[1]}"
        raise UnreadableError(problem=problem, remedy="remove the directive; YAML 1.2 is read", line=_line(start))


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1
