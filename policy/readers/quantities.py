"""Kubernetes' quantities: `512Mi`, `1.5`, `500m`."""

from __future__ import annotations

import math
import re

from policy.views.scalars import as_text

_QUANTITY = re.compile(r"^\s*\+?(\d{1,18}(?:\.\d{0,9})?|\.\d{1,9})([KMGTPE]i|[numkMGTPE]|[eE]-?\d{1,2})?\s*$")
_DECIMAL = {"n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18}
_MIB = 2**20


def quantity(value: object) -> float | None:
    """A quantity as a number of bytes or CPUs; None if it is malformed."""
    match = _QUANTITY.match(as_text(value) or "")
    if match is None:
        return None
    number, suffix = float(match[1]), match[2] or ""
    if suffix.endswith("i"):
        return number * 1024.0 ** ("KMGTPE".index(suffix[0]) + 1)
    if suffix[:1] in ("e", "E") and len(suffix) > 1:
        return number * 10.0 ** int(suffix[1:])
    return number * _DECIMAL.get(suffix, 1.0)


def mebibytes(value: object) -> int | None:
    """A quantity of memory in MiB, rounded up; None if it is malformed."""
    number = quantity(value)
    return None if number is None else math.ceil(number / _MIB)
