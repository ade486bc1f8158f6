"""Plain data to models: each validation error becomes a fault with path, line, value and fix."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from fleet.load.compose_keys import unknown_key_remedy, value_remedy
from fleet.load.pruning import Invalid, validate_in_rounds
from fleet.load.wording import wording
from fleet.model import ContainerGroup
from fleet.source.document import Document, KeyPath, dotted
from fleet.source.faults import Fault
from fleet.source.scalars import Written
from fleet.suggest import suggestion

ModelT = TypeVar("ModelT", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Checked(Generic[ModelT]):
    """What validation found.

    models: the valid one, or two with different stand-ins for invalid values, or none if the rest depends on those;
    faults: every fault; lost: paths of invalid values; removed: those without a stand-in.
    """

    models: tuple[ModelT, ...]
    faults: list[Fault]
    lost: frozenset[KeyPath]
    removed: frozenset[KeyPath]


def validate(
    model: type[ModelT], data: Mapping[str, Any], document: Document, locate: Callable[[KeyPath], KeyPath] = tuple
) -> tuple[ModelT | None, list[Fault]]:
    """The model, or None and every fault. locate: path in the data -> path in its document."""
    checked = check(model, data, document, locate)
    return (None if checked.faults else checked.models[0]), checked.faults


def check_fragment(model: type[BaseModel], data: Mapping[str, Any], document: Document) -> list[Fault]:
    """The faults of single values of incomplete data."""
    found = validate_in_rounds(model, data, _as_written(data, document, tuple)).invalid
    given = [each for each in found if each.details is not None and each.details["type"] != "missing"]
    return [_fault(model, each, document.place(each.path)) for each in given]


def check(
    model: type[ModelT], data: Mapping[str, Any], document: Document, locate: Callable[[KeyPath], KeyPath] = tuple
) -> Checked[ModelT]:
    """The models of all valid values, and every fault. locate: path in the data -> path in its document."""
    pruned = validate_in_rounds(model, data, _as_written(data, document, locate))
    faults: list[Fault] = []
    models = pruned.models
    misspelt = {(*each.path[:-1], each.meant) for each in pruned.invalid if each.meant}
    for invalid in pruned.invalid:
        path = locate(invalid.path)
        if invalid.is_missing and invalid.path in misspelt:
            continue
        if invalid.is_missing and any(path[:length] in document.duplicates for length in range(len(path) + 1)):
            # The other value of a key that is written twice may have it.
            models = ()
            continue
        faults.append(_fault(model, invalid, document.place(path)))
    return Checked(models, faults, frozenset(pruned.lost | pruned.removed), frozenset(pruned.removed))


def unknown_key(place: tuple[str, int | None], path: KeyPath, known: Iterable[str]) -> Fault:
    """The fault of an unknown key, with the nearest known one."""
    return Fault(*place, dotted(path), "unknown key", suggestion(str(path[-1]), known))


def _fault(model: type[BaseModel], invalid: Invalid, place: tuple[str, int | None]) -> Fault:
    given = invalid.details["input"] if invalid.details is not None and model is ContainerGroup else None
    if invalid.is_unknown:
        theirs = unknown_key_remedy(invalid.path, given) if model is ContainerGroup else ""
        return Fault(*place, dotted(invalid.path), "unknown key", theirs or invalid.text)
    if given is not None and (theirs := value_remedy(invalid.path, given)):
        return Fault(*place, dotted(invalid.path), "is in the form of Compose", theirs)
    return Fault(*place, dotted(invalid.path), *wording(model, invalid))


def _as_written(
    data: Mapping[str, Any], document: Document, locate: Callable[[KeyPath], KeyPath]
) -> Callable[[], Mapping[str, Any]]:
    """Makes the same data with numbers that messages show as the file spells them."""

    def spelled(value: Any, path: KeyPath) -> Any:
        if isinstance(value, dict):
            return {key: spelled(each, (*path, key)) for key, each in value.items()}
        if isinstance(value, list):
            return [spelled(each, (*path, index)) for index, each in enumerate(value)]
        text = document.written.get(locate(path)) if type(value) is float else None
        return value if text is None else Written(text)

    return lambda: spelled(data, ()) if document.written else data
