"""Every key that a file may hold, written or left to its default, as a tree."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from fleet.model import CloudService, RolloutState, RunAs, Stack
from fleet.source.document import KeyPath

_SAID_BY_PLACE = ("name", "system")
_PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Node:
    """A key, and the keys below it.

    path: as the file spells it, without the namespace of a stack's keys;
    value: of the model: the default where nothing is written;
    annotation: type of the value, with its units; model, field: whose field it is;
    is_entry: an entry of a map or list, which its file may go without.
    """

    path: KeyPath
    value: Any
    annotation: Any
    model: type[BaseModel]
    field: str
    is_entry: bool
    children: tuple[Node, ...] = ()


def keys_of(model: BaseModel, groups: Sequence[str] = ()) -> tuple[Node, ...]:
    """The keys of a group or stack, but for what its file's name says.

    groups: those that a stack may say something of, and those it says nothing of yet.
    """
    found = tuple(node for node in _fields(model, ()) if node.path[0] not in _SAID_BY_PLACE)
    if isinstance(model, Stack):
        cloud = model.machine.cloud
        about: list[tuple[BaseModel, str, KeyPath, type[BaseModel]]] = [
            (model, "rollouts", ("rollouts",), RolloutState)
        ]
        if cloud:
            about.append((cloud, "services", ("machine", "cloud", "services"), CloudService))
        return (*found, *(node for one in about for node in _unsaid(*one, groups)))
    return found


def _unsaid(
    model: BaseModel, field: str, path: KeyPath, kind: type[BaseModel], groups: Sequence[str]
) -> Iterator[Node]:
    """Entries that a map of groups does not have yet: what they would be by default."""
    said = getattr(model, field)
    for group in groups:
        if group not in said:
            yield Node(
                (*path, group), kind(), kind, type(model), field, is_entry=True,
                children=tuple(_fields(kind(), (*path, group))),
            )  # fmt: skip


def _fields(model: BaseModel, path: KeyPath) -> Iterator[Node]:
    kind = type(model)
    for name, field in kind.model_fields.items():
        annotation = (field.annotation, *field.metadata)
        here = (*path, field.alias or name)
        yield _node(here, getattr(model, name), annotation, kind, name, is_entry=False)


def _node(path: KeyPath, value: Any, annotation: Any, kind: type[BaseModel], field: str, *, is_entry: bool) -> Node:
    children: tuple[Node, ...] = ()
    if isinstance(value, BaseModel) and not isinstance(value, RunAs):
        children = tuple(_fields(value, path))
    elif isinstance(value, Mapping | tuple) and value:
        items = value.items() if isinstance(value, Mapping) else enumerate(value)
        inner = item_annotation(annotation)
        children = tuple(_node((*path, key), item, inner, kind, field, is_entry=True) for key, item in items)
    return Node(path, value, annotation, kind, field, is_entry, children)


def item_annotation(annotation: Any) -> Any:
    """Type of the items of a map or list; of anything else its own."""
    if isinstance(annotation, tuple):
        found = [item_annotation(part) for part in annotation[:1]]
        return found[0]
    if hasattr(annotation, "__metadata__"):
        return item_annotation(annotation.__origin__)
    arguments = [part for part in getattr(annotation, "__args__", ()) if part not in (type(None), ...)]
    return arguments[-1] if arguments else annotation


@cache
def default_place(model: type[BaseModel], field: str) -> str:
    """`file:line` of the field in the model, where its default stands."""
    owner = next(kind for kind in model.__mro__ if field in vars(kind).get("__annotations__", {}))
    lines, start = inspect.getsourcelines(owner)
    pattern = re.compile(rf"^    {field}\s*:")
    number = next(number for number, line in enumerate(lines) if pattern.match(line))
    file = Path(inspect.getsourcefile(owner) or "")
    shown = file.relative_to(_PROJECT) if file.is_relative_to(_PROJECT) else Path(file.parent.parent.name, file.name)
    return f"{shown}:{start + number}"
