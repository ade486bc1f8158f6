"""Values in messages: redacted, shortened, on one line."""

from __future__ import annotations

from fleet.source.secrets import holds_secret_value, spans

HIDDEN = "(a secret, not shown)"

_LENGTH_MAX = 60
"""Characters of a value in messages."""


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
    quote = '"' if isinstance(value, str) else ""
    # As YAML and JSON write it.
    text = str(value).lower() if isinstance(value, bool) else str(value) if quote else repr(value)
    if holds_secret_value(text):
        return HIDDEN
    whole = f"{quote}{printable(text[:_LENGTH_MAX])}{quote}"
    return (
        whole
        if len(whole) <= _LENGTH_MAX and len(text) <= _LENGTH_MAX
        else f"{whole[: _LENGTH_MAX - 3 - len(quote)]}...{quote}"
    )


def printable(text: str) -> str:
    """Text with escapes for control characters, line ends and invisible characters: a terminal would obey them."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)
