"""Plain scalars: a value is null, a boolean or a number only if YAML 1.1, YAML 1.2 and Pulumi's parser agree on it.

Everything else is text as written: `yes`, `22:22`, `0o17`, `017`, `1_000`, `.inf` and dates.
"""

from __future__ import annotations

import math
import re

Scalar = str | int | float | bool | None

_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
"""At most 18 digits: any parser's 64 bits hold them."""
_FLOAT = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+][0-9]{1,3})?")
"""YAML 1.1 needs the sign of an exponent."""
_NUMBER_LENGTH_MAX = 40


def resolve(text: str) -> Scalar:
    """The value of an unquoted scalar."""
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > _NUMBER_LENGTH_MAX or text[0] not in "-+.0123456789":
        return text
    if _INT.fullmatch(text):
        return int(text)
    if "." in text and _FLOAT.fullmatch(text) and math.isfinite(value := float(text)):
        return value
    return text


class Written(float):
    """A number that messages show as the file spells it: `1.10`."""

    def __new__(cls, text: str) -> Written:
        number = super().__new__(cls, text)
        number.text = text
        return number

    text: str

    def __repr__(self) -> str:
        return self.text
