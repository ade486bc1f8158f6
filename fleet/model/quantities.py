"""Quantities with units, parsed to integers: MiB, millicores, seconds."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from fleet.source.redaction import shown

_MIB_PER_UNIT = {"MiB": 1, "GiB": 1024, "TiB": 1024 * 1024}
MEMORY_PATTERN = r"^\s*([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*(MiB|GiB|TiB)\s*$"
CPU_PATTERN = r"^\s*(?:([0-9]{1,9})m|((?:0|[1-9][0-9]{0,5})(?:\.[0-9]{1,9})?))\s*$"
SECONDS_PATTERN = r"^(?=.*[0-9])\s*(?:([0-9]{1,9})\s*h)?\s*(?:([0-9]{1,9})\s*m)?\s*(?:([0-9]{1,9})\s*s)?\s*$"
"""Patterns of the parsers and of the JSON schema."""

_MEMORY, _CPU, _SECONDS = map(re.compile, (MEMORY_PATTERN, CPU_PATTERN, SECONDS_PATTERN))
_MEMORY_FORM = "a size in whole MiB; write it like 24564MiB or 24GiB"
_CPU_FORM = "an amount of CPU; write it like 500m or 1.5"
_SECONDS_FORM = "a duration; write it like 30s or 5m"


def parse_memory_mib(value: Any) -> int:
    """`"8GiB"`, `"24564MiB"`, `"1.5GiB"` -> whole MiB. Raises ValueError, also for a bare number."""
    match = _MEMORY.fullmatch(value) if isinstance(value, str) else None
    # Decimal: floating point rounds 4.0000000001 to 4 in a product.
    mib = Decimal(match[1]) * _MIB_PER_UNIT[match[2]] if match else Decimal("0.5")
    if mib != int(mib):
        msg = f"{shown(value)} is not {_MEMORY_FORM}"
        raise ValueError(msg)
    return int(mib)


def parse_millicores(value: Any) -> int:
    """`"500m"`, `2`, `1.5` and, as in Compose files, `"1.5"` -> millicores. Raises ValueError."""
    match = _CPU.fullmatch(value) if isinstance(value, str) else None
    cores: Decimal | None = None
    if match:
        cores = Decimal(match[1] or match[2]) * (1 if match[1] else 1000)
    elif isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        # Decimal: 2.01 * 1000 is 2009.9999999999998 in floating point.
        cores = Decimal(repr(value)) * 1000
    if cores is None or cores <= 0 or cores != int(cores):
        msg = f"{shown(value)} is not {_CPU_FORM}"
        raise ValueError(msg)
    return int(cores)


def parse_seconds(value: Any) -> int:
    """`"30s"`, `"5m"`, `"1h"`, `"1m30s"` -> seconds. Raises ValueError."""
    match = _SECONDS.fullmatch(value) if isinstance(value, str) else None
    if match is None or not any(match.groups()):
        msg = f"{shown(value)} is not {_SECONDS_FORM}"
        raise ValueError(msg)
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return (hours * 60 + minutes) * 60 + seconds


# `errorMessage` is an editors' extension of JSON schema, shown in place of the pattern.
_MEMORY_SCHEMA = {"type": "string", "pattern": MEMORY_PATTERN, "examples": ["512MiB", "24GiB"]}
_CPU_NUMBER = {"type": "number", "exclusiveMinimum": 0}
_CPU_SCHEMA = {"anyOf": [_CPU_NUMBER, {"type": "string", "pattern": CPU_PATTERN}], "examples": ["500m", 2]}
_SECONDS_SCHEMA = {"type": "string", "pattern": SECONDS_PATTERN, "minLength": 2, "examples": ["30s", "5m"]}

_MemorySchema = WithJsonSchema({**_MEMORY_SCHEMA, "errorMessage": f"Not {_MEMORY_FORM}"})
_CpuSchema = WithJsonSchema({**_CPU_SCHEMA, "errorMessage": f"Not {_CPU_FORM}"})
_SecondsSchema = WithJsonSchema({**_SECONDS_SCHEMA, "errorMessage": f"Not {_SECONDS_FORM}"})

MEMORY_MIB_MAX = 1024 * 1024 * 1024
"""1 PiB: more than any machine, volume or bucket of a fleet."""

CPUS_MAX = 8192
"""CPUs of the largest Linux kernel configuration (NR_CPUS)."""

SECONDS_MAX = 30 * 24 * 3600
"""Thirty days: no check, grace period or pause of a rollout takes longer."""


def bounded(least: int, most: int, unit: str, units: Mapping[str, int] = MappingProxyType({})) -> AfterValidator:
    """Refuses amounts outside bounds, in the unit that files use. units: larger unit -> amount."""

    def text(amount: int) -> str:
        exact = [(size, name) for name, size in units.items() if amount and amount % size == 0]
        size, name = max(exact, default=(1, unit))
        return f"{amount // size}{name}"

    def check(amount: int) -> int:
        if not least <= amount <= most:
            side = f"below {text(least)}; raise it" if amount < least else f"above {text(most)}; lower it"
            msg = f"{text(amount)} is {side}"
            raise ValueError(msg)
        return amount

    return AfterValidator(check)


# The parsers drop the unit, so pydantic's own bounds would name amounts without one.
MemoryMib = Annotated[
    int, BeforeValidator(parse_memory_mib), bounded(1, MEMORY_MIB_MAX, "MiB", _MIB_PER_UNIT), _MemorySchema
]
Millicores = Annotated[int, BeforeValidator(parse_millicores), bounded(1, CPUS_MAX * 1000, "m"), _CpuSchema]
Seconds = Annotated[
    int, BeforeValidator(parse_seconds), bounded(1, SECONDS_MAX, "s", {"h": 3600, "m": 60}), _SecondsSchema
]
