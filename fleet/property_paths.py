"""The values of nested properties, by names that stay when a list is reordered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_KEYS = (("name",), ("label",), ("target",), ("host",), ("mountPath",), ("internal", "protocol"), ("containerPort",))
"""What tells the items of a list apart, in the vocabularies of all targets; the first that every item has, once."""

Path = tuple[str, ...]


def by_name(items: Sequence[Any], path: Path) -> dict[str, Any] | None:
    """A list as a map; None for one of plain values, which is compared as a whole."""
    if path == ("envs",) and all(isinstance(item, str) and "=" in item for item in items):
        return {name: value for name, _, value in (item.partition("=") for item in items)}
    if not all(isinstance(item, Mapping) for item in items):
        return None
    keys = _told_apart_by(items)
    if keys is None:
        return {str(number): item for number, item in enumerate(items)}
    return {_name(item, keys): _without(item, keys) for item in items}


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """(path, value) of everything that holds nothing else; a list of plain values is one."""
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
    """Paths of the old leaves that are others now, or gone; what is only in the new one has no old leaf.

    The items of a list that has no names are matched first with those that are the same.
    """
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key, item in old.items():
            if key in new:
                yield from changed(item, new[key], (*path, str(key)))
            else:
                yield from (gone for gone, _ in leaves(item, (*path, str(key))))
    elif _is_nameless(old, path) and _is_nameless(new, path):
        yield from _changed_items(old, new, path)
    elif _is_table(old, path) and _is_table(new, path):
        before, after = by_name(old, path), by_name(new, path)
        yield from changed(before, after, path)
        yield from ((*path, *rest) for rest in dict(_names(old, before or {}, ())) if rest[0] not in (after or {}))
    else:
        yield from (found for found, _ in leaves(old, path))


def _changed_items(old: Sequence[Any], new: Sequence[Any], path: Path) -> Iterator[Path]:
    left = list(new)
    others = []
    for number, item in enumerate(old):
        if item in left:
            left.remove(item)
        else:
            others.append((number, item))
    for number, item in others:
        yield from changed(item, left.pop(0) if left else None, (*path, str(number)))


def _is_nameless(value: Any, path: Path) -> bool:
    return _is_table(value, path) and value != [] and isinstance(value[0], Mapping) and _told_apart_by(value) is None


def _is_table(value: Any, path: Path) -> bool:
    return isinstance(value, list) and by_name(value, path) is not None


def _told_apart_by(items: Sequence[Mapping[str, Any]]) -> tuple[str, ...] | None:
    for keys in _KEYS:
        if all(keys[0] in item for item in items) and len({_name(item, keys) for item in items}) == len(items):
            return keys
    return None


def _name(item: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    return "/".join(str(item.get(key)) for key in keys)


def _names(items: Sequence[Any], named: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, Any]]:
    """The keys that items are told apart by, of those that say more than one thing besides."""
    if not all(isinstance(item, Mapping) for item in items):
        return
    keys = _told_apart_by(items)
    for item in items if keys else ():
        name = _name(item, keys or ())
        if isinstance(named[name], Mapping) and len(item) > len(keys or ()) + 1:
            yield from (((*path, name, key), item[key]) for key in keys or () if key in item)


def _without(item: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    """What an item says besides its name; of one that says a single thing, that thing."""
    rest = {key: value for key, value in item.items() if key not in keys}
    return rest or "set" if len(rest) != 1 else next(iter(rest.values()))


def replaced(value: Any, path: Path, new: Any) -> Any:
    """A copy with another value of one leaf; what a path does not lead to stays as it is."""
    if not path:
        return new
    if isinstance(value, Mapping):
        return _replaced_below(value, path, new)
    if not isinstance(value, list):
        return value
    named = by_name(value, path[:0])
    if named is None:
        starts = [isinstance(item, str) and item.partition("=")[0] == path[0] for item in value]
        return [new if found else item for found, item in zip(starts, value, strict=True)]
    position = list(named).index(path[0]) if path[0] in named else -1
    keys = _told_apart_by(value) or ()
    return [
        _replaced_item(item, path[1:], keys, new) if number == position else item for number, item in enumerate(value)
    ]


def _replaced_below(value: Mapping[str, Any], path: Path, new: Any) -> Any:
    return {key: replaced(item, path[1:], new) if str(key) == path[0] else item for key, item in value.items()}


def _replaced_item(item: Mapping[str, Any], path: Path, keys: tuple[str, ...], new: Any) -> Any:
    rest = [key for key in item if key not in keys]
    # An item that says one thing besides its name is that thing, and its name with it.
    if not path:
        return dict.fromkeys(item, new)
    if len(rest) == 1 and path[0] not in item:
        return {**item, rest[0]: replaced(item[rest[0]], path, new)}
    return replaced(item, path, new)
