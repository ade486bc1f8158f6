"""Values in messages: redacted, shortened, on one line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice

from fleet.source.secret_names import names_a_secret
from fleet.source.secrets import holds_secret_value, spans

HIDDEN = "(a secret, not shown)"

_LENGTH_MAX = 60
"""Characters of a value in messages."""

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
"""Text that needs no quotes in a list or mapping."""


def redacted(text: str) -> str:
    """Text with credentials redacted."""
    parts, at = [], 0
    for start, end, _ in sorted(spans(text)):
        if end > at:
            parts += [text[at : max(at, start)], HIDDEN if start >= at else ""]
            at = end
    return "".join((*parts, text[at:]))


def shown(value: object) -> str:
    """A value for messages: on one line, shortened, and redacted."""
    if value == HIDDEN:
        return HIDDEN
    quote = '"' if isinstance(value, str) else ""
    text = _flow(value, top=True)
    if holds_secret_value(text):
        return HIDDEN
    whole = f"{quote}{printable(text[:_LENGTH_MAX])}{quote}"
    return (
        whole
        if len(whole) <= _LENGTH_MAX and len(text) <= _LENGTH_MAX
        else f"{whole[: _LENGTH_MAX - 3 - len(quote)]}...{quote}"
    )


def _flow(value: object, *, top: bool = False) -> str:
    """A value as YAML writes it on one line."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, str):
        return value if top or _PLAIN.fullmatch(value) else f'"{value}"'
    # Later items would be cut off.
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_flow, value[:_LENGTH_MAX]))}]"
    if isinstance(value, Mapping):
        items = islice(value.items(), _LENGTH_MAX)
        pairs = (f"{_flow(key)}: {HIDDEN if names_a_secret(str(key)) else _flow(each)}" for key, each in items)
        return f"{{{', '.join(pairs)}}}"
    return repr(value)


def printable(text: str) -> str:
    """Text with escapes for control characters, line ends and invisible characters: a terminal would obey them."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)
