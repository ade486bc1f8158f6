"""Paths of nested properties, with names for list items that survive reordering."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_KEYS = (("name",), ("label",), ("target",), ("host",), ("mountPath",), ("internal", "protocol"), ("containerPort",))
"""Keys that identify list items, on all targets: the first that every item has, with unique values."""

Path = tuple[str, ...]


def by_name(items: Sequence[Any], path: Path) -> dict[str, Any] | None:
    """A list as a map; None for a list of plain values, which is compared as a whole."""
    if path == ("envs",) and all(isinstance(item, str) and "=" in item for item in items):
        return {name: value for name, _, value in (item.partition("=") for item in items)}
    if not all(isinstance(item, Mapping) for item in items):
        return None
    if keys := _identifying_keys(items):
        return {_name(item, keys): _without(item, keys) for item in items}
    return {str(number): item for number, item in enumerate(items)}


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """(path, value) of every leaf; a list of plain values is one."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from leaves(item, (*path, str(key)))
    elif isinstance(value, list) and value:
        named = by_name(value, path)
        if named is None:
            yield path, value
        else:
            yield from leaves(named, path)
            yield from _names(value, named, path)
    elif value is not None and value != []:
        yield path, value


def changed(old: Any, new: Any, path: Path = ()) -> Iterator[Path]:
    """Paths of the old leaves that were changed or removed. In a list without names, equal items are matched first."""
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key, item in old.items():
            if key in new:
                yield from changed(item, new[key], (*path, str(key)))
            else:
                yield from (leaf for leaf, _ in leaves(item, (*path, str(key))))
    elif _is_nameless(old, path) and _is_nameless(new, path):
        yield from _changed_items(old, new, path)
    elif _is_table(old, path) and _is_table(new, path):
        before, after = by_name(old, path), by_name(new, path)
        yield from changed(before, after, path)
        yield from ((*path, *rest) for rest in dict(_names(old, before or {}, ())) if rest[0] not in (after or {}))
    else:
        yield from (leaf for leaf, _ in leaves(old, path))


def _changed_items(old: Sequence[Any], new: Sequence[Any], path: Path) -> Iterator[Path]:
    unmatched = list(new)
    pending = []
    for number, item in enumerate(old):
        if item in unmatched:
            unmatched.remove(item)
        else:
            pending.append((number, item))
    for number, item in pending:
        yield from changed(item, unmatched.pop(0) if unmatched else None, (*path, str(number)))


def _is_nameless(value: Any, path: Path) -> bool:
    return _is_table(value, path) and value != [] and isinstance(value[0], Mapping) and not _identifying_keys(value)


def _is_table(value: Any, path: Path) -> bool:
    return isinstance(value, list) and by_name(value, path) is not None


def _identifying_keys(items: Sequence[Any]) -> tuple[str, ...]:
    """The keys that identify items; empty if there are none, or an item is a plain value."""
    if not all(isinstance(item, Mapping) for item in items):
        return ()
    for keys in _KEYS:
        if all(keys[0] in item for item in items) and len({_name(item, keys) for item in items}) == len(items):
            return keys
    return ()


def _name(item: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    return "/".join(str(item.get(key)) for key in keys)


def _names(items: Sequence[Any], named: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, Any]]:
    """(path, value) of the identifying keys of items with more than one other value."""
    keys = _identifying_keys(items)
    for item in items if keys else ():
        name = _name(item, keys)
        if isinstance(named[name], Mapping) and len(item) > len(keys) + 1:
            yield from (((*path, name, key), item[key]) for key in keys if key in item)


def _without(item: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    """An item without its identifying keys; the value itself if only one is left."""
    rest = {key: value for key, value in item.items() if key not in keys}
    return rest or "set" if len(rest) != 1 else next(iter(rest.values()))


def replaced(value: Any, path: Path, new: Any) -> Any:
    """A copy with another value of one leaf; unchanged if the path leads nowhere."""
    if not path:
        return new
    if isinstance(value, Mapping):
        return {key: replaced(item, path[1:], new) if str(key) == path[0] else item for key, item in value.items()}
    if not isinstance(value, list):
        return value
    named = by_name(value, path[:0])
    if named is None:
        return [new if isinstance(item, str) and item.partition("=")[0] == path[0] else item for item in value]
    keys = _identifying_keys(value)
    return [
        _replaced_item(item, path[1:], keys, new) if name == path[0] else item
        for name, item in zip(named, value, strict=True)
    ]


def _replaced_item(item: Mapping[str, Any], path: Path, keys: tuple[str, ...], new: Any) -> Any:
    rest = [key for key in item if key not in keys]
    # An item with one other value is a leaf, identifying keys included.
    if not path:
        return dict.fromkeys(item, new)
    if len(rest) == 1 and path[0] not in item:
        return {**item, rest[0]: replaced(item[rest[0]], path, new)}
    return replaced(item, path, new)
