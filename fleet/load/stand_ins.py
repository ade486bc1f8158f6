"""Stand-ins for invalid values, so that one hides no fault of another: a low and a high value for each.

What holds with both of them does not depend on the value.
"""

from __future__ import annotations

from enum import Enum
from functools import cache
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from fleet.load.fields import bare, is_valid, keys_of, model_of, normal, type_at
from fleet.model.port import MAIN
from fleet.source.document import KeyPath

ABSENT: Any = object()

_PAIRS: tuple[tuple[Any, Any], ...] = (
    *((0.1, 10**9), (1, 8192), (256, 65535), (10001, 1000), (2, 100), (3, 50), (4, 24)),
    *(
        (False, True),
        ("6MiB", "1023TiB"),
        ("64MiB", "1022TiB"),
        ("1s", "700h"),
        ("1.41", "1.99"),
        ("1.0", "99.9"),
        ("0:0", "65534:65534"),
    ),
    *(("stand-in-a", "stand-in-b"), ("/stand-in-a", "/stand-in-b"), ("/dev/stand-in-a", "/dev/stand-in-b")),
    *(("StandInA", "StandInB"), ("stand_in_a", "stand_in_b"), ("images/stand-in-a", "images/stand-in-b")),
    *(("ssh://stand-in-a", "ssh://stand-in-b"), ("https://stand-in-a.test", "https://stand-in-b.test")),
    *(("stand-in-a.example", "stand-in-b.example"), ("stand-in-a.test:443", "stand-in-b.test:443")),
    *(("a@stand-in.test", "b@stand-in.test"), ("user:a@stand-in.test", "user:b@stand-in.test")),
    *(("192.168.253.11", "192.168.254.11"), ("10.253.253.0/24", "10.253.254.0/24")),
    *(("2000-01-01", "2999-01-01"), ("2000-01-01T00:00:00Z", "2999-01-01T00:00:00Z")),
    *(("0 0 * * *", "1 1 1 1 *"), ("E98", "E99"), ("stand-in1", "stand-in2"), ("stand/in-a", "stand/in-b")),
    *((f"sha256:{'0' * 64}", f"sha256:{'1' * 64}"), ("000000-000000-000000", "111111-111111-111111")),
    *(("CAP_SYS_ADMIN", "CAP_SYS_BOOT"), ("backend:native", "backend:cudaMallocAsync"), ("nvidia", "cdi")),
)
"""(low, high) of each form of value; a field gets the first low and the first other high one that its type takes."""

_KEYS = (MAIN, "StandIn", "stand_in", "E99", "/stand-in", "/dev/stand-in", "run_as")
"""Keys of each form."""


def stand_in(model: type[BaseModel], path: KeyPath, *, high: bool) -> Any:
    """Plain data that is valid at a path of a model; ABSENT if none is known."""
    return _stand_in(model, normal(model, path), high=high)


@cache
def _stand_in(model: type[BaseModel], path: KeyPath, *, high: bool) -> Any:
    kind = type_at(model, path)
    if kind is None:
        return ABSENT
    if choices := _choices(bare(kind)):
        return choices[-1 if high else 0]
    low = next((one for one, _ in _PAIRS if is_valid(model, path, one)), ABSENT)
    if low is not ABSENT:
        return next((two for _, two in _PAIRS if two != low and is_valid(model, path, two)), low) if high else low
    if found := model_of(kind):
        fields = {key: (*path, key) for key, field in keys_of(found).items() if field.is_required()}
        value: Any = {key: stand_in(model, below, high=high) for key, below in fields.items()}
        return ABSENT if ABSENT in value.values() else value
    item = stand_in(model, (*path, 0), high=high)
    filled: list[Any] = [] if item is ABSENT else [[item], *({key: item} for key in _KEYS)]
    some = [value for value in ([], {}, *filled) if is_valid(model, path, value)]
    return (some[-1] if high else some[0]) if some else ABSENT


def _choices(kind: Any) -> list[Any]:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return [each.value for each in kind]
    return list(get_args(kind)) if get_origin(kind) is Literal else []
