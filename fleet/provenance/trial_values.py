"""Other values of a key, for trials."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import Enum
from ipaddress import IPv4Address, IPv4Network
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator

from fleet.model.quantities import parse_memory_mib, parse_millicores, parse_seconds

_UNITS = {parse_memory_mib: "MiB", parse_millicores: "m", parse_seconds: "s"}
_NUMBER = re.compile(r"\d+")
_TEXTS = (
    "sample", "Sample", "SAMPLE", "Z99", "/sample", "images/agentdb", "sample.example:443", "sample.example",
    "10.77.0.0/24", "10.77.0.7", "a reason that is long enough", "1.0.0", "europe-west1", "user:sample@sample.example",
    "sample@sample.example", "sha256:" + "7" * 64, "2031-02-03T04:05:06Z", "sample/sample", "000000-000000-000000",
    "nvidia.com/sample", "unconfined", "sampleclass",
)  # fmt: skip
"""One for each text format of the models."""

EMPTY: tuple[Any, ...] = (None, "", (), {})


def other_values(value: Any, annotation: Any, names: Sequence[str] = ()) -> Iterator[Any]:
    """Values that differ from a model's value, as a file spells them, best first. Some may be invalid.

    names: what a text may refer to.
    """
    if value in EMPTY:
        yield from samples(annotation, names)
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, Enum):
        yield from (str(member) for member in type(value) if member is not value)
    elif isinstance(value, int | float):
        half = value // 2 if isinstance(value, int) else value / 2
        numbers = (value * 10, half, value * 2, value + 1, value - 1, value + 100)
        yield from (_with_unit(number, _unit_of(annotation)) for number in numbers if number != value)
    elif isinstance(value, date):
        yield value.replace(year=value.year + 3).isoformat()
    else:
        choices = [choice for part in _parts(annotation) if get_origin(part) is Literal for choice in get_args(part)]
        yield from (choice for choice in choices if choice != value)
        yield from _texts(str(value))
        yield from (name for name in names if name != value)
        yield from _TEXTS


def _with_unit(number: float, unit: str) -> float | str:
    return f"{number}{unit}" if unit else number


def _texts(value: str) -> Iterator[str]:
    for match in reversed(list(_NUMBER.finditer(value))):
        number = int(match[0])
        for other in dict.fromkeys((number + 1, 0, number // 2, number + 9)):
            yield f"{value[: match.start()]}{other}{value[match.end() :]}"
    yield from (f"{value}x", f"x{value}", f"{value}-x")


def samples(annotation: Any, names: Sequence[str] = ()) -> Iterator[Any]:
    """Values for an empty key; a map or list gets one item."""
    unit = _unit_of(annotation)
    for part in _parts(annotation):
        origin = get_origin(part)
        if origin is Literal:
            yield from get_args(part)
        elif origin is tuple:
            yield from ([item] for item in samples(get_args(part)[0], names))
        elif isinstance(origin, type) and issubclass(origin, Mapping):
            key, item = get_args(part)
            inner = next(samples(item), None)
            yield from ({name: inner} for name in samples(key, names))
        elif isinstance(part, type):
            yield from _samples_of(part, unit, names)


def _samples_of(part: type, unit: str, names: Sequence[str]) -> Iterator[Any]:
    if issubclass(part, BaseModel):
        fields = {field.alias or name: field for name, field in part.model_fields.items()}
        first = {key: next(samples((f.annotation, *f.metadata), names), None) for key, f in fields.items()}
        required = {key: value for key, value in first.items() if fields[key].is_required()}
        yield required
        yield from ({**required, key: value} for key, value in first.items() if key not in required)
    elif issubclass(part, Enum):
        yield from map(str, part)
    elif part is bool:
        yield from (True, False)
    elif part in (int, float):
        yield from (_with_unit(number, unit) for number in (128, 7, 1))
    elif part in (str, IPv4Address, IPv4Network):
        yield from (*_TEXTS[:1], *names, *_TEXTS[1:])
    elif issubclass(part, date):
        yield "2031-02-03"


def _unit_of(annotation: Any) -> str:
    validators = (part.func for part in _parts(annotation) if isinstance(part, BeforeValidator))
    return next((_UNITS[validator] for validator in validators if validator in _UNITS), "")


def _parts(annotation: Any) -> Iterator[Any]:
    """The types in unions and annotations, and the metadata of annotations."""
    if hasattr(annotation, "__metadata__"):
        yield from _parts(annotation.__origin__)
        yield from annotation.__metadata__
    elif isinstance(annotation, tuple) or get_origin(annotation) in (Union, UnionType):
        for part in annotation if isinstance(annotation, tuple) else get_args(annotation):
            yield from _parts(part)
    elif annotation is not type(None):
        yield annotation
