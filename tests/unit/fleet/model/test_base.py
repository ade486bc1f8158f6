"""Types that every model uses: strict numbers, days, reasons, lists without equal entries, commands."""

from __future__ import annotations

import math
from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from fleet.model import ContainerGroup, Stack
from fleet.model.base import ARGUMENT_BYTES_MAX, Command, Day, Distinct, OptionalReason, Reason, Title
from tests.unit.fleet.models import taken

NO_NUMBERS = (True, False, "8", "", "1e3", "0o17", "1:30", "22:22", math.nan, math.inf, -math.inf, 10**30, None, [], {})
FREE_LISTS = {"command", "entrypoint", "args", "steps"}
"""Lists whose entries may be equal: arguments; the steps of a canary rise by a rule of their own."""


def models() -> set[type[BaseModel]]:
    """Every model below the two of the files."""
    found: set[type[BaseModel]] = set()
    left: list[Any] = [Stack, ContainerGroup]
    while left:
        kind = left.pop()
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in found:
            found.add(kind)
            left += [field.annotation for field in kind.model_fields.values()]
        left += get_args(kind)
    return found


def test_no_number_and_no_flag_is_converted() -> None:
    """`true` is no port, `"8"` no number of CPUs, and `1` no flag. Our own parsers make integers of quantities."""
    taken, seen = set(), 0
    for model in models():
        for name, field in model.model_fields.items():
            kinds = {kind for kind in (field.annotation, *get_args(field.annotation)) if kind in (int, float, bool)}
            ours = kinds and any(type(mark).__name__ == "BeforeValidator" for mark in field.metadata)
            for value in NO_NUMBERS if kinds and not ours else ():
                seen += 1
                is_flag = isinstance(value, bool) and bool in kinds
                if value is not None and not is_flag and _is_taken(model, name, value):
                    taken.add(f"{model.__name__}.{name}: {value!r}")
    assert seen > 500
    assert taken == set()


def _is_taken(model: type[BaseModel], name: str, value: object) -> bool:
    """Whether one field takes a value; faults of other fields do not matter."""
    key = model.model_fields[name].alias or name
    try:
        model.model_validate({key: value})
    except ValidationError as error:
        return not any(details["loc"][:1] == (key,) for details in error.errors())
    return True


def test_no_list_holds_one_entry_twice() -> None:
    loose = []
    for model in models():
        for name, field in model.model_fields.items():
            if get_origin(field.annotation) is tuple and name not in FREE_LISTS:
                marks = [getattr(mark, "func", None) for mark in field.metadata]
                if not any(getattr(func, "__name__", "") == "_listed_once" for func in marks):
                    loose.append(f"{model.__name__}.{name}")
    assert loose == []


def test_a_list_names_the_entry_that_it_has_twice() -> None:
    with pytest.raises(
        ValidationError, match="3: lists a twice; keep one; 4: lists c twice; keep one; 5: lists a twice; keep one"
    ):
        TypeAdapter(Distinct[str]).validate_python(["a", "b", "c", "a", "c", "a"])
    assert TypeAdapter(Distinct[str]).validate_python(["b", "a"]) == ("b", "a")


def test_only_a_day_is_a_day() -> None:
    assert (
        taken(
            Day, (1893456000, 1.0, True, None, "20270331", "2027-3-31", "2027-03-31T00:00:00", "2027-02-30", "\u0661")
        )
        == []
    )
    assert TypeAdapter(Day).validate_python("2028-02-29").isoformat() == "2028-02-29"


def test_a_reason_says_something() -> None:
    blank = (
        "",
        " " * 12,
        "\t\n" * 8,
        "\u00a0" * 12,
        "." * 20,
        "n/a n/a n/a",
        "xxxxxxxxxxxx",
        "todo todo todo",
        "-" * 500,
    )
    assert taken(Reason, (*blank, "a" * 501)) == []
    assert taken(OptionalReason, (*blank[1:], "because")) == []
    assert TypeAdapter(OptionalReason).validate_python("") == ""
    for text in ("because I can do it", "  its vendor needs root ", "供应商的镜像需要根用户权限"):
        assert TypeAdapter(Reason).validate_python(text) == text.strip()


def test_a_title_is_one_line() -> None:
    assert taken(Title, ("", "  ", "a\nb", "a\rb", "x" * 101)) == []


def test_a_command_names_a_program_and_fits_a_call() -> None:
    assert taken(Command, ([""], ["  ", "x"], ["x", "y" * (ARGUMENT_BYTES_MAX + 1)])) == []
    assert TypeAdapter(Command).validate_python(["sh", "-c", ""]) == ("sh", "-c", "")
