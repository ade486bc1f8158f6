"""In-place edits of a mapping in a YAML text: all other bytes are kept, comments included.

Edits use the positions of the parser's nodes, since libraries that rewrite the file keep neither line endings nor
spacing. The result is parsed and compared, so that unusual syntax (an alias, a tag) is refused and never corrupted.
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
"""Default indentation, if the text shows none."""


class NotEditableError(Exception):
    """The text uses syntax that cannot be edited in place."""


def edited(text: str, path: Sequence[str], entry: Mapping[str, Value]) -> str:
    """Text with exactly these keys in the mapping at `path`; an empty entry removes it and parents it leaves empty.

    The first key of the path must exist. Raises NotEditableError, also for invalid YAML.
    """
    keys, after = tuple(path), text
    try:
        for key, value in entry.items():
            after = _with(after, (*keys, key), value)
        nodes = _nodes(after, keys)
        old_keys = _pairs(nodes[-1]) if len(nodes) == len(keys) + 1 else ()
        for path in ((*keys, key) for key in old_keys if key not in entry) if entry else (keys,):
            after = _without(after, path)
        changed = _is_changed_as_asked(text, after, keys, entry)
    except yaml.YAMLError:
        changed = False
    if not changed:
        msg = f"{'.'.join(keys)} is written in a way that cannot be changed in place; write it as `key: value` lines"
        raise NotEditableError(msg)
    return after


def _is_changed_as_asked(before: str, after: str, keys: tuple[str, ...], entry: Mapping[str, Value]) -> bool:
    """Whether the texts differ in this mapping alone, and it has the entry. A quoted number may stay quoted."""
    old, new = yaml.safe_load(before), yaml.safe_load(after)
    written = _pop(new, keys) or {}
    _pop(old, keys)
    return bool(old == new) and {k: str(v) for k, v in written.items()} == {k: str(v) for k, v in entry.items()}


def _pop(tree: Any, keys: tuple[str, ...]) -> Any:
    """Removes a value from a tree, with parents that it leaves empty."""
    if not isinstance(tree, dict) or keys[0] not in tree:
        return None
    if len(keys) == 1:
        return tree.pop(keys[0])
    value = _pop(tree[keys[0]], keys[1:])
    if tree[keys[0]] == {}:
        del tree[keys[0]]
    return value


def _nodes(text: str, keys: Sequence[str]) -> list[yaml.MappingNode]:
    """The top mapping of the text, and the existing ones along the path."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    mappings: list[yaml.MappingNode] = []
    for key in (*keys, ""):
        if not isinstance(node, yaml.MappingNode):
            break
        mappings.append(node)
        node = _pairs(node).get(key, (None, None))[1]
    if not mappings:
        msg = "the text is not a mapping"
        raise yaml.YAMLError(msg)
    return mappings


def _pairs(mapping: yaml.MappingNode) -> dict[str, tuple[yaml.Node, yaml.Node]]:
    return {str(key.value): (key, value) for key, value in mapping.value}


def _with(text: str, keys: tuple[str, ...], value: Value) -> str:
    nodes = _nodes(text, keys[:-1])
    parent, rest = nodes[-1], keys[len(nodes) - 1 :]
    old = _pairs(parent).get(rest[0], (None, None))[1]
    if old is not None and len(rest) > 1:
        msg = f"{rest[0]} is not a mapping"
        raise yaml.YAMLError(msg)
    if old is not None:
        new = _scalar(value, getattr(old, "style", ""))
        return text if old.value == str(value) else text[: old.start_mark.index] + new + text[old.end_mark.index :]
    if parent.flow_style:
        pair = f"{rest[0]}: {_nested(rest[1:], value)}"
        at = _end(text, parent.value[-1][1]) if parent.value else parent.start_mark.index + 1
        return f"{text[:at]}{', ' if parent.value else ''}{pair}{text[at:]}"
    return _added_to_block(text, parent, rest, value, _step(nodes))


def _step(nodes: Sequence[yaml.MappingNode]) -> int:
    columns = [node.value[0][0].start_mark.column for node in nodes if node.value and not node.flow_style]
    return columns[-1] - columns[-2] if len(columns) > 1 else _STEP


def _nested(keys: Sequence[str], value: Value) -> str:
    return f"{{{keys[0]}: {_nested(keys[1:], value)}}}" if keys else _scalar(value)


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
    """Start and end of a pair of a flow mapping, with the comma before or after it."""
    key, value = parent.value[index]
    if index + 1 < len(parent.value):
        start, end = key.start_mark.index, parent.value[index + 1][0].start_mark.index
    else:
        start, end = _end(text, parent.value[index - 1][1]), _end(text, value)
    if re.search(r"\s#", text[start:end]):
        msg = "the removed text contains a comment"
        raise yaml.YAMLError(msg)
    return start, end


def _of_block(text: str, parent: yaml.MappingNode, index: int) -> tuple[int, int]:
    """Start and end of the lines of a pair of a block mapping; a text without a final newline stays without one."""
    key, value = parent.value[index]
    start = text.rfind("\n", 0, key.start_mark.index) + 1
    end = text.find("\n", _end(text, value))
    if end >= 0:
        return start, end + 1
    return len(text[:start].removesuffix("\n").removesuffix("\r")), len(text)


def _end(text: str, node: yaml.Node) -> int:
    """End of a value's text: the parser's end of a block includes the comments after it."""
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        return len(text[: node.end_mark.index].rstrip())
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(text, last[1] if isinstance(node, yaml.MappingNode) else last)


def _scalar(value: Value, style: str | None = None) -> str:
    """A value on one line, in its former quotes; unquoted if no YAML parser reads it as another type."""
    text = str(value)
    if style == "'":
        return "'" + text.replace("'", "''") + "'"
    bare = isinstance(value, int) or (_PLAIN.fullmatch(text) and text.lower() not in _WORDS)
    if bare and style != '"':
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
