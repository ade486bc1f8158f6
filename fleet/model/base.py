"""Base class and shared value types of the models."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from inspect import isfunction
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    model_validator,
)

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


Breach = tuple[tuple[str | int, ...], str]
"""Path below the model of the value to change, and `problem; remedy`."""

_Rule = TypeVar("_Rule", bound=Callable[[Any], Iterator[Breach]])


class BreachesError(ValueError):
    """A model's values do not fit together; has every breach of its rules."""

    def __init__(self, breaches: Sequence[Breach]) -> None:
        super().__init__("; ".join(f"{'.'.join(map(str, path))}: {text}" if path else text for path, text in breaches))
        self.breaches = breaches


def rule(method: _Rule) -> _Rule:
    """Marks a method that yields the breaches of a rule between fields. All rules of a model run, unlike validators."""
    method.__dict__["is_rule"] = True
    return method


def named_twice(key: str, items: Sequence[str]) -> Iterator[Breach]:
    """A breach at each item of the list that repeats an earlier one."""
    seen: set[str] = set()
    for index, item in enumerate(items):
        if item in seen:
            yield (key, index), f"{key} lists {item} twice; keep one"
        seen.add(item)


class Model(BaseModel):
    """Frozen; unknown keys are errors, so that no misspelt key is ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    rules: ClassVar[tuple[Callable[[Any], Iterator[Breach]], ...]] = ()

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        own = [each for each in vars(cls).values() if isfunction(each) and hasattr(each, "is_rule")]
        cls.rules = (*cls.rules, *own)

    @model_validator(mode="after")
    def _follows_rules(self) -> Self:
        if breaches := [breach for rule in self.rules for breach in rule(self)]:
            raise BreachesError(breaches)
        return self
