"""Every key that a file may have, written or defaulted, as a tree."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from fleet.model import RunAs, Stack
from fleet.source.document import KeyPath
from fleet.targets.entries import GroupEntries
from fleet.targets.registry import target_of

_FROM_PATH = ("name", "system")

_PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Node:
    """A key, and the keys below it.

    path: as the file spells it, without the namespace of a stack's keys; value: the model's, defaults included;
    annotation: type of the value, with its units; model, field: the declaration; is_entry: a removable entry of a map
    or list.
    """

    path: KeyPath
    value: Any
    annotation: Any
    model: type[BaseModel]
    field: str
    is_entry: bool = False
    children: tuple[Node, ...] = ()


def keys_of(model: BaseModel, groups: Sequence[str] = ()) -> Iterator[Node]:
    """The keys of a group or stack, without those set by its file's path.

    groups: the groups that a stack's maps may have entries for.
    """
    yield from (node for node in _fields(model, ()) if node.path[0] not in _FROM_PATH)
    if isinstance(model, Stack):
        for entries in target_of(model).group_entries(model):
            yield from _missing_entries(entries, groups)


def maps_with_defaults(model: BaseModel) -> tuple[KeyPath, ...]:
    """Maps of groups in which a missing entry has defaults."""
    found = target_of(model).group_entries(model) if isinstance(model, Stack) else ()
    return tuple(entries.path for entries in found if entries.default)


def _missing_entries(entries: GroupEntries, groups: Sequence[str]) -> Iterator[Node]:
    """Entries that a map of groups lacks, with their defaults."""
    kind, owner, field = entries.default, type(entries.owner), entries.path[-1]
    for group in groups if kind else ():
        if kind and group not in entries.by_group:
            here, value = (*entries.path, group), kind()
            yield Node(here, value, kind, owner, field, is_entry=True, children=tuple(_fields(value, here)))


def _fields(model: BaseModel, path: KeyPath) -> Iterator[Node]:
    kind = type(model)
    for name, field in kind.model_fields.items():
        annotation = (field.annotation, *field.metadata)
        yield _node((*path, field.alias or name), getattr(model, name), annotation, kind, name)


def _node(
    path: KeyPath, value: Any, annotation: Any, kind: type[BaseModel], field: str, *, is_entry: bool = False
) -> Node:
    children: tuple[Node, ...] = ()
    if isinstance(value, BaseModel) and not isinstance(value, RunAs):
        children = tuple(_fields(value, path))
    elif isinstance(value, Mapping | tuple):
        items = value.items() if isinstance(value, Mapping) else enumerate(value)
        inner = _item_annotation(annotation)
        children = tuple(_node((*path, key), item, inner, kind, field, is_entry=True) for key, item in items)
    return Node(path, value, annotation, kind, field, is_entry, children)


def _item_annotation(annotation: Any) -> Any:
    """Type of the items of a map or list; the annotation itself for any other."""
    if isinstance(annotation, tuple):
        return _item_annotation(annotation[0])
    if hasattr(annotation, "__metadata__"):
        return _item_annotation(annotation.__origin__)
    arguments = [part for part in getattr(annotation, "__args__", ()) if part not in (type(None), ...)]
    return arguments[-1] if arguments else annotation


@cache
def default_place(model: type[BaseModel], field: str) -> str:
    """`file:line` of the field in the model that declares its default."""
    owner = next(kind for kind in model.__mro__ if field in vars(kind).get("__annotations__", {}))
    file = Path(sys.modules[owner.__module__].__file__ or "")
    text = file.read_text(encoding="utf-8")
    match = re.search(rf"^class {owner.__name__}\b(?s:.*?)^    (?={field}\s*:)", text, re.MULTILINE)
    line = text.count("\n", 0, match.end() if match else 0) + 1
    shown = file.relative_to(_PROJECT) if file.is_relative_to(_PROJECT) else Path(file.parent.parent.name, file.name)
    return f"{shown}:{line}"
