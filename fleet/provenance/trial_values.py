"""Other values that a key may be given: what a trial sets it to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import Enum
from ipaddress import IPv4Address, IPv4Network
from typing import Any, Literal, get_args, get_origin

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
"""One for each form of text that the models know."""


def others(value: Any, annotation: Any, names: Sequence[str] = ()) -> Iterator[Any]:
    """Values of a file that differ from a model's value; those that come first tell most. Some may be refused.

    names: what a text may refer to.
    """
    if value is None or value in ("", (), {}) or (isinstance(value, Mapping) and not value):
        yield from samples(annotation, names)
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, Enum):
        yield from (str(member) for member in type(value) if member is not value)
    elif isinstance(value, int | float):
        yield from _figures(value, unit_of(annotation))
    elif isinstance(value, date):
        yield value.replace(year=value.year + 3).isoformat()
    else:
        yield from _choices(annotation, value)
        yield from _texts(str(value))
        yield from (name for name in names if name != value)
        yield from _TEXTS


def _figures(value: float, unit: str) -> Iterator[Any]:
    below = value // 2 if isinstance(value, int) else value / 2
    for figure in (value * 10, below, value * 2, value + 1, value - 1, value + 100):
        if figure != value:
            yield f"{figure}{unit}" if unit else figure


def _choices(annotation: Any, value: Any) -> Iterator[Any]:
    for part in _parts(annotation):
        if get_origin(part) is Literal:
            yield from (choice for choice in get_args(part) if choice != value)


def _texts(value: str) -> Iterator[str]:
    for found in reversed(list(_NUMBER.finditer(value))):
        for figure in dict.fromkeys((int(found[0]) + 1, 0, int(found[0]) // 2, int(found[0]) + 9)):
            yield f"{value[: found.start()]}{figure}{value[found.end() :]}"
    yield f"{value}x"
    yield f"x{value}"
    yield f"{value}-x"


def samples(annotation: Any, names: Sequence[str] = ()) -> Iterator[Any]:
    """Values for a key that has none; a map or list of one."""
    parts = list(_parts(annotation))
    unit = unit_of(annotation)
    for part in parts:
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
        least = {key: value for key, value in first.items() if fields[key].is_required()}
        yield least
        yield from ({**least, key: value} for key, value in first.items() if key not in least)
    elif issubclass(part, Enum):
        yield from map(str, part)
    elif part is bool:
        yield from (True, False)
    elif part in (int, float):
        yield from ((f"{figure}{unit}" if unit else figure) for figure in (128, 7, 1))
    elif part in (str, IPv4Address, IPv4Network):
        yield from (*_TEXTS[:1], *names, *_TEXTS[1:])
    elif issubclass(part, date):
        yield "2031-02-03"


def unit_of(annotation: Any) -> str:
    """Unit that a figure is written with; empty for a bare number."""
    for part in _parts(annotation):
        if isinstance(part, BeforeValidator) and part.func in _UNITS:
            return _UNITS[part.func]
    return ""


def _parts(annotation: Any) -> Iterator[Any]:
    """The types that a value may be of, and what they carry: unions and annotations taken apart."""
    if isinstance(annotation, tuple):
        for part in annotation:
            yield from _parts(part)
    elif hasattr(annotation, "__metadata__"):
        yield from _parts(annotation.__origin__)
        yield from annotation.__metadata__
    elif get_origin(annotation) is Literal or isinstance(get_origin(annotation), type):
        if get_origin(annotation).__name__ in ("Union", "UnionType"):
            for part in get_args(annotation):
                yield from _parts(part)
        else:
            yield annotation
    elif get_args(annotation):
        for part in get_args(annotation):
            yield from _parts(part)
    elif annotation is not type(None):
        yield annotation
