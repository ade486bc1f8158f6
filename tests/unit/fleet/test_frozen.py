"""The cheap decorator makes what the standard one makes."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import FrozenInstanceError, field, replace

import pytest

from fleet import frozen


@frozen.dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: int = 0
    tags: dict[str, str] = field(default_factory=dict)


@frozen.dataclass(frozen=True, slots=True, kw_only=True)
class Named(Point):
    name: str
    size: int = 1


@dataclasses.dataclass(frozen=True, slots=True)
class StandardPoint:
    x: int
    y: int = 0
    tags: dict[str, str] = field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class StandardNamed(StandardPoint):
    name: str
    size: int = 1


PAIRS = ((Point, StandardPoint, ((1,), {"y": 2})), (Named, StandardNamed, ((1,), {"name": "a"})))


@pytest.mark.parametrize(("ours", "standard", "given"), PAIRS)
def test_fields_values_and_text_are_those_of_the_standard_decorator(ours: type, standard: type, given: tuple) -> None:
    arguments, keywords = given
    mine, theirs = ours(*arguments, **keywords), standard(*arguments, **keywords)
    assert dataclasses.asdict(mine) == dataclasses.asdict(theirs)
    assert f"Standard{mine!r}" == repr(theirs)
    assert ours.__match_args__ == standard.__match_args__
    assert not hasattr(mine, "__dict__")


def test_instances_are_equal_by_class_and_value() -> None:
    assert Point(1) == Point(1, 0, {})
    assert Point(1) != Point(2)
    assert Point(1) != Named(1, name="a")
    assert Point(1).tags is not Point(1).tags


def test_instances_hash_by_value() -> None:
    @frozen.dataclass(frozen=True, slots=True)
    class Key:
        first: str
        second: int = 0

    assert len({Key("a"), Key("a", 0), Key("b")}) == 2


def test_instances_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Point(1).x = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del Point(1).x


def test_instances_are_replaced_copied_and_pickled() -> None:
    named = Named(1, name="a", tags={"k": "v"})
    assert replace(named, y=3) == Named(1, 3, {"k": "v"}, name="a")
    assert copy.deepcopy(named) == copy.copy(named) == pickle.loads(pickle.dumps(named)) == named  # noqa: S301


@pytest.mark.parametrize("arguments", [(), (1, 2, {}, 4)])
def test_missing_and_surplus_arguments_are_refused(arguments: tuple) -> None:
    with pytest.raises(TypeError, match=r"Point.__init__\(\)"):
        Point(*arguments)


def test_what_it_does_not_support_is_refused() -> None:
    class WithPostInit:
        def __post_init__(self) -> None: ...

    with pytest.raises(TypeError, match="__post_init__"):
        frozen.dataclass(frozen=True, slots=True)(WithPostInit)
    with pytest.raises(TypeError, match="mutable"):
        frozen.dataclass(frozen=False, slots=True)
