"""The fields of a resource by the paths people write: camel or snake case, by name or by number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cli.explain.stack import SHOWN, NotFoundError
from fleet.property_paths import Path, by_name, leaves
from fleet.suggest import nearest
from policy.engine.field_readers import fields_reached
from policy.views.registered import Registered

_INDEX = re.compile(r"\[(\w+)\]")


def fields_called(name: str, resource: Registered) -> list[Path]:
    """The leaves that a path means: one, all below it, or all that rules see as the field of that name.

    Raises NotFoundError.
    """
    wanted = _plain(_INDEX.sub(r".\1", name))
    by_path: dict[str, list[Path]] = {}
    for path, spellings in _spelled(resource.inputs, (), ()):
        for spelling in (".".join(path), ".".join(spellings)):
            by_path.setdefault(_plain(spelling), []).append(path)
    found = by_path.get(wanted) or by_path.get(wanted.rpartition(".")[0] if wanted.endswith(".value") else "")
    below = [path for text, paths in by_path.items() if text.startswith(f"{wanted}.") for path in paths]
    every = list(dict.fromkeys([*(found or ()), *below])) or _seen_as(wanted, resource)
    if not every:
        known = [".".join(path) for path, _ in leaves(resource.inputs)]
        msg = (
            f'"{name}" is no field of {resource.name}; {nearest(name, known, SHOWN)}\n'
            f"without a field, `fleet explain` shows all {len(known)}"
        )
        raise NotFoundError(msg)
    return every


def _seen_as(name: str, resource: Registered) -> list[Path]:
    """The leaves that a rule's own field is read from, such as `memory_limit_mib`."""
    return [
        path
        for path, _ in leaves(resource.inputs)
        if any(_plain(field) == name for _, field, _ in fields_reached(resource, path))
    ]


def _plain(text: str) -> str:
    return text.replace("_", "").lower()


def _spelled(value: Any, path: Path, numbers: Path) -> Iterator[tuple[Path, Path]]:
    """(path, the same with the numbers of list items in place of their names) of every leaf."""
    named = by_name(value, path) if isinstance(value, list) and value else None
    if isinstance(value, Mapping) or named is not None:
        for number, (key, item) in enumerate((named if named is not None else value).items()):
            here = str(key) if named is None else str(number)
            yield from _spelled(item, (*path, str(key)), (*numbers, here))
        # The names of items are leaves too.
        if named is not None:
            yield from ((leaf, leaf) for leaf, _ in leaves(value, path))
    else:
        yield path, numbers
