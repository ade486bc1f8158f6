"""Fields of a resource by path: camel or snake case, list items by name or by number."""

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
    """The leaves at or below a path; else those that rules read as a field of that name or that a key of it decides.

    decided: searches the leaves that the key decides. Raises NotFoundError.
    """
    wanted = _normalized(_INDEX.sub(r".\1", name))
    by_path: dict[str, list[Path]] = {}
    for path, numbers in _numbered(resource.inputs, (), ()):
        for spelling in (".".join(path), ".".join(numbers)):
            by_path.setdefault(_normalized(spelling), []).append(path)
    found = by_path.get(wanted) or by_path.get(wanted.removesuffix(".value"), [])
    below = [path for text, paths in by_path.items() if text.startswith(f"{wanted}.") for path in paths]
    if matching := list(dict.fromkeys([*found, *below])):
        return matching
    known = [path for path, _ in leaves(resource.inputs)]
    by_key = decided()
    # Such as `memory_limit_mib`.
    read_as = {path: {_normalized(field) for _, field, _ in fields_reached(resource, path)} for path in known}
    matching = [path for path in known if path in by_key or wanted in read_as[path]]
    if not matching:
        suggested = nearest(name, [".".join(path) for path in known], SHOWN)
        msg = (
            f'"{name}" is not a field of {resource.name}; {suggested}\n'
            f"without a field, `fleet explain` shows all {len(known)}"
        )
        raise NotFoundError(msg)
    return matching


def _normalized(text: str) -> str:
    return text.replace("_", "").lower()


def _numbered(value: Any, path: Path, numbers: Path) -> Iterator[tuple[Path, Path]]:
    """(path, the path with numbers of list items instead of names) of every leaf."""
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
