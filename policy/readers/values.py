"""Tolerant reading of provider properties: a wrong type reads as absent, and unknown values are noted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policy.views.registered import UNKNOWN
from policy.views.scalars import as_flag, as_number, as_text, as_whole

HIDDEN = "[secret]"
"""Placeholder of a secret of any type where plain text is withheld (state files, the offline plan)."""


def is_unknown(value: object) -> bool:
    """Whether a value cannot be judged: unknown until `up`, or hidden as a secret."""
    return value is UNKNOWN or (isinstance(value, str) and value == HIDDEN)


def as_items(value: object) -> list[Any]:
    """A list; anything else is empty."""
    return list(value) if isinstance(value, list | tuple) else []


def as_mapping(value: object) -> Mapping[str, Any]:
    """A mapping with text keys; anything else is empty, and so are other keys."""
    if not isinstance(value, Mapping):
        return {}
    return {key: item for key, item in value.items() if isinstance(key, str)}


class Properties:
    """A resource's properties, read one by one under the name of the view's field they end up in.

    Reading an unknown value gives the absent value and adds the field to `unknown`.
    """

    __slots__ = ("_values", "unknown")

    def __init__(self, values: object, unknown: set[str] | None = None) -> None:
        self._values = values if isinstance(values, Mapping) else {}
        self.unknown: set[str] = set() if unknown is None else unknown

    def raw(self, key: str, field: str) -> Any:
        """The value as given; None if absent or unknown."""
        value = self._values.get(key)
        return None if value is None or self._noted(value, field) else value

    def noting_in(self, unknown: set[str]) -> Properties:
        """The same values, with unknown fields noted in another set."""
        return Properties(self._values, unknown)

    def has(self, key: str) -> bool:
        """Whether a value is given, even an unknown one."""
        return self._values.get(key) is not None

    def names(self) -> list[str]:
        """Keys of the given values."""
        return [key for key, value in self._values.items() if isinstance(key, str) and value is not None]

    def text(self, key: str, field: str) -> str | None:
        """Text; None if absent or empty."""
        return as_text(self.raw(key, field)) or None

    def whole(self, key: str, field: str) -> int | None:
        """A whole number."""
        return as_whole(self.raw(key, field))

    def number(self, key: str, field: str) -> float | int | None:
        """A finite number."""
        return as_number(self.raw(key, field))

    def flag(self, key: str, field: str) -> bool:
        """A flag; absent is false."""
        return as_flag(self.raw(key, field))

    def optional_flag(self, key: str, field: str) -> bool | None:
        """A flag; None if absent or unknown."""
        value = self.raw(key, field)
        return None if value is None else as_flag(value)

    def mapping(self, key: str, field: str) -> Mapping[str, Any]:
        """A mapping without its unknown values."""
        values = as_mapping(self.raw(key, field))
        return {name: item for name, item in values.items() if not self._noted(item, field)}

    def nested(self, key: str, field: str) -> Properties:
        """The properties of a nested mapping."""
        return Properties(self.raw(key, field), self.unknown)

    def items(self, key: str, field: str) -> list[Any]:
        """A list without its unknown elements."""
        return [item for item in as_items(self.raw(key, field)) if not self._noted(item, field)]

    def texts(self, key: str, field: str) -> list[str]:
        """The texts of a list."""
        return [text for item in self.items(key, field) if (text := as_text(item)) is not None]

    def entries(self, key: str, field: str) -> Iterator[Properties]:
        """The properties of each mapping in a list."""
        for item in self.items(key, field):
            if isinstance(item, Mapping):
                yield Properties(item, self.unknown)

    def _noted(self, value: object, field: str) -> bool:
        if not is_unknown(value):
            return False
        self.unknown.add(field)
        return True
