"""Text of the files has no invisible characters, which daemons refuse and readers do not see."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fleet.model import Fleet
from fleet.source.document import KeyPath, dotted
from fleet.source.faults import Fault
from fleet.source.locations import NAMESPACE, Sources

_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
"""Control characters except tab and newline, marks of writing direction, characters without width, and halves of a
surrogate pair, which UTF-8 cannot encode."""


def ensure_text_is_visible(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """No key and no value has an invisible character. Also searches files refused otherwise."""
    for document in (*sources.groups.values(), *sources.stacks.values()):
        for path, text in _texts(document.value, ()):
            if found := _INVISIBLE.search(text):
                where = dotted(path).removeprefix("config.").removeprefix(NAMESPACE)
                source, line = document.place(path)
                problem = f"has an invisible character (U+{ord(found[0]):04X}) at position {found.start() + 1}"
                yield Fault(source, line, where, problem, "remove it")


def _texts(value: object, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            here = (*path, key)
            yield here, key
            yield from _texts(item, here)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, index))
