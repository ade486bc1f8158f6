"""Objects with template expressions in them, and how they are written as a template.

Every text that is no expression reaches the cluster as it is: braces that Helm would read are written as what prints
them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.kubernetes.yaml_text import scalar

NAMESPACE_MARK = "namespace-goes-here"
"""Stands for the namespace in a deployment that is planned for a chart."""

NAMESPACE = "$.Values.namespace.name"
_BRACES = re.compile(r"\{{2,}|\{(?=" + NAMESPACE_MARK + ")")
"""What Helm would read as the start of an action, alone or with the one that stands for the mark."""
_STEP = 2


@dataclass(frozen=True, slots=True)
class Expression:
    """A value that Helm computes; `code` is what stands between the braces, and prints one YAML scalar."""

    code: str


@dataclass(frozen=True, slots=True)
class Only:
    """A value of a map, or an item of a list, that is there only under a condition."""

    condition: str
    value: Any


def text(code: str) -> Expression:
    """An expression that prints a text, whatever it looks like."""
    return Expression(f"{code} | quote")


def number(code: str) -> Expression:
    """An expression that prints a whole number."""
    return Expression(f"{code} | int")


def written(literal: str) -> str:
    """A literal as template text: it is printed as it stands, with the namespace in place of its mark."""
    safe = _BRACES.sub(lambda found: f'{{{{ "{found[0]}" }}}}', literal)
    return safe.replace(NAMESPACE_MARK, f"{{{{ {NAMESPACE} }}}}")


def template(node: Mapping[str, Any]) -> str:
    """An object as the text of a template."""
    return "".join(f"{line}\n" for line in _map(node, 0))


def _map(node: Mapping[str, Any], indent: int) -> Iterator[str]:
    for key, value in node.items():
        if isinstance(value, Only):
            yield f"{' ' * indent}{{{{- if {value.condition} }}}}"
            yield from _entry(key, value.value, indent)
            yield f"{' ' * indent}{{{{- end }}}}"
        else:
            yield from _entry(key, value, indent)


def _entry(key: str, value: Any, indent: int) -> Iterator[str]:
    start = f"{' ' * indent}{written(scalar(key))}:"
    if isinstance(value, Mapping) and value:
        yield start
        yield from _map(value, indent + _STEP)
    elif isinstance(value, list | tuple) and value:
        yield start
        yield from _list(value, indent + _STEP)
    else:
        yield f"{start} {_leaf(value)}"


def _list(items: Sequence[Any], indent: int) -> Iterator[str]:
    pad = " " * indent
    for item in items:
        if isinstance(item, Only):
            yield f"{pad}{{{{- if {item.condition} }}}}"
            yield from _item(item.value, indent)
            yield f"{pad}{{{{- end }}}}"
        else:
            yield from _item(item, indent)


def _item(value: Any, indent: int) -> Iterator[str]:
    pad = " " * indent
    if isinstance(value, Mapping) and value:
        lines = list(_map(value, indent + _STEP))
    elif isinstance(value, list | tuple) and value:
        lines = list(_list(value, indent + _STEP))
    else:
        yield f"{pad}- {_leaf(value)}"
        return
    if lines[0].lstrip().startswith("{{-"):
        yield f"{pad}-"
        yield from lines
    else:
        yield f"{pad}- {lines[0].lstrip()}"
        yield from lines[1:]


def _leaf(value: Any) -> str:
    if isinstance(value, Expression):
        return f"{{{{ {value.code} }}}}"
    if value == NAMESPACE_MARK:
        return f"{{{{ {NAMESPACE} | quote }}}}"
    if isinstance(value, Mapping | list | tuple):
        return "{}" if isinstance(value, Mapping) else "[]"
    return written(scalar(value))
