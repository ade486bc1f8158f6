"""Base class and shared value types of the models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, StringConstraints

NAME_PATTERN = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
"""Lower-case words joined by hyphens: a DNS label, so that names are addresses."""

NAME_LENGTH_MAX = 40
"""Fits `<machine>-<group>-<role>` into the 63 characters of a DNS label."""

Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN, min_length=2, max_length=NAME_LENGTH_MAX)]
AbsolutePath = Annotated[str, StringConstraints(pattern=r"^/[^:]*$", max_length=255)]
EnvName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=128)]
PortNumber = Annotated[int, Field(ge=1, le=65535)]


def _version_text(value: object) -> object:
    if isinstance(value, float):
        msg = f'{value} is read as a number, which turns 12.10 into 12.1; quote it: "{value}"'
        raise ValueError(msg)  # noqa: TRY004  (pydantic reports ValueError)
    return value


CudaVersion = Annotated[
    str, BeforeValidator(_version_text), StringConstraints(pattern=r"^[1-9][0-9]?\.[0-9]{1,2}$", max_length=5)
]
"""A version of CUDA, such as `"12.4"`."""

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

FrozenMap = Annotated[
    Mapping[_Key, _Value],
    AfterValidator(lambda value: MappingProxyType(dict(value))),
    PlainSerializer(dict),
]
"""A mapping that is read-only after validation."""


def repeated(items: Sequence[str]) -> list[str]:
    """Items that occur more than once, sorted."""
    return sorted({item for item in items if items.count(item) > 1})


class Model(BaseModel):
    """Frozen; unknown keys are errors, so that no misspelt key is ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
