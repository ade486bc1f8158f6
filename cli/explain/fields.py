"""Fields of a resource by the paths people write: camel or snake case, list items by name or by number."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from cli.explain.stack import SHOWN, NotFoundError
from fleet.property_paths import Path, by_name, leaves
from fleet.suggest import nearest
from policy.engine.field_readers import fields_reached
from policy.views.registered import Registered

_INDEX = re.compile(r"\[(\w+)\]")


def fields_called(name: str, resource: Registered, decided: Callable[[], Collection[Path]]) -> list[Path]:
    """The leaves that a path means: one, or all below it; else those that rules read as a field of that name, and those
    that a key of that name decides.

    decided: finds the last. Raises NotFoundError.
    """
    wanted = _plain(_INDEX.sub(r".\1", name))
    by_path: dict[str, list[Path]] = {}
    for path, numbers in _numbered(resource.inputs, (), ()):
        for spelling in (".".join(path), ".".join(numbers)):
            by_path.setdefault(_plain(spelling), []).append(path)
    found = by_path.get(wanted) or by_path.get(wanted.removesuffix(".value"), [])
    below = [path for text, paths in by_path.items() if text.startswith(f"{wanted}.") for path in paths]
    if meant := list(dict.fromkeys([*found, *below])):
        return meant
    known = [path for path, _ in leaves(resource.inputs)]
    by_key = decided()
    meant = [path for path in known if path in by_key or _is_read_as(wanted, path, resource)]
    if not meant:
        msg = (
            f'"{name}" is no field of {resource.name}; {nearest(name, [".".join(path) for path in known], SHOWN)}\n'
            f"without a field, `fleet explain` shows all {len(known)}"
        )
        raise NotFoundError(msg)
    return meant


def _is_read_as(name: str, path: Path, resource: Registered) -> bool:
    """Whether rules read a leaf as a field of a name, such as `memory_limit_mib`."""
    return any(_plain(field) == name for _, field, _ in fields_reached(resource, path))


def _plain(text: str) -> str:
    return text.replace("_", "").lower()


def _numbered(value: Any, path: Path, numbers: Path) -> Iterator[tuple[Path, Path]]:
    """(path, the same with the numbers of list items in place of their names) of every leaf."""
    named = by_name(value, path) if isinstance(value, list) and value else None
    if isinstance(value, Mapping) or named is not None:
        for number, (key, item) in enumerate((named if named is not None else value).items()):
            here = str(key) if named is None else str(number)
            yield from _numbered(item, (*path, str(key)), (*numbers, here))
        # The names of items are leaves too.
        if named is not None:
            yield from ((leaf, leaf) for leaf, _ in leaves(value, path))
    else:
        yield path, numbers
