"""YAML text as a list of parser events: one document of bounded depth, without tags.

Events, and not the library's nodes: its composer recurses in C for each level, and a deep file ends the process.
"""

from __future__ import annotations

from typing import Any

import yaml

from fleet.source.text_file import UnreadableError, ensure_printable

DEPTH_MAX = 50
"""Levels of nesting; our deepest key has 8."""

_SYNTAX = "correct the syntax"
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
    try:
        return _events(parser)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        problem = _PROBLEMS.get(str(error.problem), error.problem)
        raise UnreadableError(problem=f"is not valid YAML ({problem})", remedy=_SYNTAX, line=line) from None
    except yaml.YAMLError as error:
        problem = f"is not valid YAML ({str(error).splitlines()[0]})"
        raise UnreadableError(problem=problem, remedy=_SYNTAX) from None
    finally:
        parser.dispose()


def _events(parser: Any) -> list[Any]:
    events: list[Any] = []
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
    return events


def _ensure_ours(start: yaml.DocumentStartEvent, number: int) -> None:
    if number > 1:
        remedy = "keep one document per file"
        raise UnreadableError(problem="holds a second document", remedy=remedy, line=_line(start))
    if start.version and start.version < (1, 2):
        problem = f"asks for YAML {start.version[0]}.{start.version[1]}"
        raise UnreadableError(problem=problem, remedy="remove the directive; YAML 1.2 is read", line=_line(start))


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1
