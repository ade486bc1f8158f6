"""Base class and shared value types of the models."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
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
    Strict,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

from fleet.source.redaction import shown


@dataclass(frozen=True, slots=True)
class Form:
    """Annotation of a type with a pattern: what to write, in words and by example, in place of the expression."""

    remedy: str


NAME_PATTERN = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
"""Lower-case words joined by hyphens: a DNS label, so that names are addresses."""

NAME_LENGTH_MAX = 40
"""Fits `<machine>-<group>-<role>` into the 63 characters of a DNS label."""

Name = Annotated[
    str,
    StringConstraints(pattern=NAME_PATTERN, min_length=2, max_length=NAME_LENGTH_MAX),
    Form(f"use lower-case words joined by hyphens, of 2 to {NAME_LENGTH_MAX} characters"),
]
EnvName = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]*$", max_length=128),
    Form("use letters, digits, _, . and -, like LOG_LEVEL or discovery.type"),
]
"""Name of a variable: Java's programs read names with dots. A shell passes those on, but cannot expand them."""

# Strict: pydantic would convert true, "8" and 8.0 to whole numbers, and "yes" and 1 to flags.
Whole = Annotated[int, Strict()]
Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Flag = Annotated[bool, Strict()]
PortNumber = Annotated[Whole, Field(ge=1, le=65535)]

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _as_day(value: object) -> object:
    # A datetime is a date too, for Python.
    if type(value) is date or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    msg = f"{shown(value)} is not a date; write it like 2027-03-31"
    raise ValueError(msg)


Day = Annotated[date, BeforeValidator(_as_day), WithJsonSchema({"type": "string", "format": "date"})]
"""A calendar day. Pydantic would also take seconds since 1970."""

REASON_LENGTH_MIN = 10
_DISTINCT_LETTERS_MIN = 5


def _says_something(text: str) -> str:
    if len({letter for letter in text.lower() if letter.isalnum()}) < _DISTINCT_LETTERS_MIN:
        msg = f"{shown(text)} is not a reason; explain it in a sentence"
        raise ValueError(msg)
    return text


Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=REASON_LENGTH_MIN, max_length=500),
    AfterValidator(_says_something),
]
"""A sentence for reviewers; blanks and repeated letters are refused."""


def _reason_if_any(text: str) -> str:
    if text and len(text.strip()) < REASON_LENGTH_MIN:
        msg = f"{shown(text)} has fewer than {REASON_LENGTH_MIN} characters; explain it in a sentence, or drop it"
        raise ValueError(msg)
    return text and _says_something(text.strip())


OptionalReason = Annotated[str, StringConstraints(max_length=500), AfterValidator(_reason_if_any)]
"""A reason, or empty for none."""

Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\r\n]*$"),
    Form("write it on one line"),
]
"""A display name on one line."""


def _version_text(value: object) -> object:
    if isinstance(value, float):
        msg = f'{value} is read as a number, which turns 12.10 into 12.1; quote it: "{value}"'
        raise ValueError(msg)  # noqa: TRY004  (pydantic reports ValueError)
    return value


CudaVersion = Annotated[
    str,
    BeforeValidator(_version_text),
    StringConstraints(pattern=r"^[1-9][0-9]?\.[0-9]{1,2}$"),
    Form('write major and minor version in quotes, like "12.4"'),
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


_Item = TypeVar("_Item")


def _listed_once(items: tuple[_Item, ...]) -> tuple[_Item, ...]:
    seen: set[str] = set()
    twice: list[Breach] = []
    for index, item in enumerate(map(str, items)):
        if item in seen:
            twice.append(((index,), f"lists {item} twice; keep one"))
        seen.add(item)
    if twice:
        raise BreachesError(twice)
    return items


Distinct = Annotated[tuple[_Item, ...], AfterValidator(_listed_once)]
"""A list without equal entries."""

ARGUMENT_BYTES_MAX = 131_071
"""Bytes of one argument or `NAME=value` of a program: Linux's MAX_ARG_STRLEN, with the final NUL."""


def _fits_a_call(text: str) -> str:
    if len(text.encode(errors="surrogatepass")) > ARGUMENT_BYTES_MAX:
        msg = f"has more than {ARGUMENT_BYTES_MAX} bytes, the most that Linux passes to a program; put it into a file"
        raise ValueError(msg)
    return text


def _names_a_program(command: tuple[str, ...]) -> tuple[str, ...]:
    if command and not command[0].strip():
        msg = "names no program; start it with the program to run"
        raise ValueError(msg)
    return command


Argument = Annotated[str, AfterValidator(_fits_a_call)]
Command = Annotated[tuple[Argument, ...], AfterValidator(_names_a_program)]
"""A program and its arguments; empty for none."""


WITHOUT_RULES = {"rules": False}
"""Context of a validation that checks single values only, so that an invalid one hides no rule of its model."""


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
    def _follows_rules(self, info: ValidationInfo) -> Self:
        if info.context is not WITHOUT_RULES and (breaches := self.breaches()):
            raise BreachesError(breaches)
        return self

    def breaches(self) -> list[Breach]:
        """Every breach of its own rules, not of the models in it."""
        return [breach for rule in self.rules for breach in rule(self)]
