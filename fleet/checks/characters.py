"""Text of the files has no invisible characters, which daemons refuse and readers do not see."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fleet.model import Fleet
from fleet.source.document import KeyPath, dotted
from fleet.source.faults import Fault
from fleet.source.locations import NAMESPACE, Sources
from fleet.source.redaction import HIDDEN, shown
from fleet.source.secret_names import names_a_secret
from fleet.source.secrets import holds_secret_value

_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
"""Control characters except tab and newline, marks of writing direction, characters without width, and halves of a
surrogate pair, which UTF-8 cannot encode."""

_AROUND = 15
"""Characters shown on each side of an invisible one."""


def ensure_text_is_visible(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """No key and no value has an invisible character. Also searches files refused otherwise."""
    for document in (*sources.groups.values(), *sources.stacks.values()):
        for path, text in _texts(document.value, ()):
            if found := _INVISIBLE.search(text):
                where = dotted(path).removeprefix("config.").removeprefix(NAMESPACE)
                source, line = document.place(path)
                problem = f"has an invisible character (U+{ord(found[0]):04X}) at position {found.start() + 1}"
                problem += _excerpt(path, text, found.start())
                yield Fault(source, line, where, problem, "remove it")


def _excerpt(path: KeyPath, text: str, at: int) -> str:
    """The text around a character. An item of a list may be a password by the option before it."""
    if not isinstance(path[-1], str):
        return ""
    may_be_secret = any(names_a_secret(str(key)) for key in path) or holds_secret_value(text)
    return f" of {HIDDEN if may_be_secret else shown(text[max(0, at - _AROUND) : at + _AROUND])}"


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
