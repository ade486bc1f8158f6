"""Changes a mapping of a YAML text where it stands: every byte that is not the change stays, comments and all.

Done by the positions of the parser's nodes: a library that writes the whole file anew keeps neither line ends nor
spacing. What was changed is read again and compared, so that an unusual way of writing (an alias, a tag) is refused and
never mangled.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

Value = str | int
_PLAIN = re.compile(r"[A-Za-z/](?:[A-Za-z0-9_./@+-]|:(?=[A-Za-z0-9_./@+-]))*")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_STEP = 2
"""Columns a mapping stands further in than its parent, where the text shows none."""


class NotEditableError(Exception):
    """The text is written in a way that cannot be changed in place."""


def edited(text: str, path: Sequence[str], entry: Mapping[str, Value]) -> str:
    """Text whose mapping at `path` holds exactly these keys; an empty entry drops it, and what it leaves empty.

    The first key of the path must be there. Raises NotEditableError, also where the text is no YAML.
    """
    keys, after = tuple(path), text
    try:
        for key, value in entry.items():
            after = _with(after, (*keys, key), value)
        for key in _mapping_at(after, keys) or {}:
            if entry and key not in entry:
                after = _without(after, (*keys, key))
        if not entry:
            after = _without(after, keys)
        changed = _is_changed_so(text, after, keys, entry)
    except yaml.YAMLError:
        changed = False
    if not changed:
        msg = f"{'.'.join(keys)} is written in a way that cannot be changed in place; write it as `key: value` lines"
        raise NotEditableError(msg)
    return after


def _is_changed_so(before: str, after: str, keys: tuple[str, ...], entry: Mapping[str, Value]) -> bool:
    """Whether the texts differ in this mapping alone, and it holds what it should; a quoted number stays quoted."""
    old, new = yaml.safe_load(before), yaml.safe_load(after)
    found = _taken(new, keys)
    _taken(old, keys)
    right = {key: str(value) for key, value in (found or {}).items()} == {k: str(v) for k, v in entry.items()}
    return right and bool(old == new)


def _taken(tree: Any, keys: tuple[str, ...]) -> Any:
    """Takes a value out of a tree, and the mappings that it leaves empty."""
    if not isinstance(tree, dict) or keys[0] not in tree:
        return None
    if len(keys) == 1:
        return tree.pop(keys[0])
    found = _taken(tree[keys[0]], keys[1:])
    if tree[keys[0]] == {}:
        del tree[keys[0]]
    return found


def _nodes(text: str, keys: Sequence[str]) -> list[yaml.MappingNode]:
    """The mapping at the top of the text, and those along the path as far as there are any."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    found: list[yaml.MappingNode] = []
    for key in (*keys, ""):
        if not isinstance(node, yaml.MappingNode):
            break
        found.append(node)
        node = _pairs(node).get(key, (None, None))[1]
    if not found:
        msg = "the text is no mapping"
        raise yaml.YAMLError(msg)
    return found


def _pairs(mapping: yaml.MappingNode) -> dict[str, tuple[yaml.Node, yaml.Node]]:
    return {str(key.value): (key, value) for key, value in mapping.value}


def _mapping_at(text: str, keys: tuple[str, ...]) -> list[str] | None:
    nodes = _nodes(text, keys)
    return list(_pairs(nodes[-1])) if len(nodes) == len(keys) + 1 else None


def _with(text: str, keys: tuple[str, ...], value: Value) -> str:
    nodes = _nodes(text, keys[:-1])
    parent, rest = nodes[-1], keys[len(nodes) - 1 :]
    old = _pairs(parent).get(rest[0], (None, None))[1]
    if old is not None and len(rest) > 1:
        msg = f"{rest[0]} is no mapping"
        raise yaml.YAMLError(msg)
    if old is not None:
        start, end = old.start_mark.index, old.end_mark.index
        return (
            text if old.value == str(value) else text[:start] + _scalar(value, getattr(old, "style", "")) + text[end:]
        )
    if parent.flow_style:
        return _added_to_flow(text, parent, f"{rest[0]}: {_nested(rest[1:], value)}")
    return _added_to_block(text, parent, rest, value, _step(nodes))


def _step(nodes: Sequence[yaml.MappingNode]) -> int:
    columns = [node.value[0][0].start_mark.column for node in nodes if node.value and not node.flow_style]
    return columns[-1] - columns[-2] if len(columns) > 1 else _STEP


def _nested(keys: Sequence[str], value: Value) -> str:
    return f"{{{keys[0]}: {_nested(keys[1:], value)}}}" if keys else _scalar(value)


def _added_to_flow(text: str, parent: yaml.MappingNode, pair: str) -> str:
    if not parent.value:
        at = parent.start_mark.index + 1
        return f"{text[:at]}{pair}{text[at:]}"
    at = _end(text, parent.value[-1][1])
    return f"{text[:at]}, {pair}{text[at:]}"


def _added_to_block(text: str, parent: yaml.MappingNode, keys: Sequence[str], value: Value, step: int) -> str:
    column = int(parent.value[0][0].start_mark.column)
    lines = [f"{' ' * (column + step * depth)}{key}:" for depth, key in enumerate(keys)]
    lines[-1] += f" {_scalar(value)}"
    line_end = "\r\n" if "\r\n" in text else "\n"
    at = text.find("\n", _end(text, parent.value[-1][1]))
    if at < 0:
        return text + line_end + line_end.join(lines)
    return text[: at + 1] + "".join(line + line_end for line in lines) + text[at + 1 :]


def _without(text: str, keys: tuple[str, ...]) -> str:
    nodes = _nodes(text, keys[:-1])
    if len(nodes) < len(keys) or keys[-1] not in _pairs(nodes[-1]):
        return text
    parent = nodes[-1]
    if len(parent.value) == 1 and len(keys) > 1:
        return _without(text, keys[:-1])
    index = list(_pairs(parent)).index(keys[-1])
    start, end = (_of_flow if parent.flow_style else _of_block)(text, parent, index)
    return text[:start] + text[end:]


def _of_flow(text: str, parent: yaml.MappingNode, index: int) -> tuple[int, int]:
    """Where a pair of a flow mapping stands, with the comma before or after it."""
    key, value = parent.value[index]
    if index + 1 < len(parent.value):
        found = key.start_mark.index, parent.value[index + 1][0].start_mark.index
    else:
        found = _end(text, parent.value[index - 1][1]), _end(text, value)
    if re.search(r"\s#", text[slice(*found)]):
        msg = "a comment stands inside what is to go"
        raise yaml.YAMLError(msg)
    return found


def _of_block(text: str, parent: yaml.MappingNode, index: int) -> tuple[int, int]:
    """The whole lines of a pair of a block mapping; where the text ends without a line end, it still does."""
    key, value = parent.value[index]
    start = text.rfind("\n", 0, key.start_mark.index) + 1
    end = text.find("\n", _end(text, value))
    if end >= 0:
        return start, end + 1
    return len(text[:start].removesuffix("\n").removesuffix("\r")), len(text)


def _end(text: str, node: yaml.Node) -> int:
    """Where a value's text ends; the parser puts the end of a block behind the comments after it."""
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        return len(text[: node.end_mark.index].rstrip())
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(text, last[1] if isinstance(node, yaml.MappingNode) else last)


def _scalar(value: Value, style: str | None = None) -> str:
    """A value on one line, in the quotes it had; without any where every reader takes it for the same."""
    text = str(value)
    if style == "'":
        return "'" + text.replace("'", "''") + "'"
    bare = isinstance(value, int) or (_PLAIN.fullmatch(text) and text.lower() not in _WORDS)
    if bare and style != '"':
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
