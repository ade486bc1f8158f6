"""Objects with template expressions, and their text as a Helm template.

Literal text reaches the cluster unchanged: braces that Helm would interpret become expressions that print them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.kubernetes.yaml_text import scalar

NAMESPACE_MARK = "namespace-goes-here"
"""Placeholder for the namespace in a deployment that is planned for a chart."""

NAMESPACE = "$.Values.namespace.name"
_BRACES = re.compile(r"\{{2,}|\{(?=" + NAMESPACE_MARK + ")")
"""What Helm would read as the start of an action, once the mark is replaced."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A value that Helm computes: `code`, without its braces, prints one YAML scalar."""

    code: str


@dataclass(frozen=True, slots=True)
class Only:
    """A value of a map, or an item of a list, under a condition."""

    condition: str
    value: Any


def text(code: str) -> Expression:
    """An expression that prints a quoted string."""
    return Expression(f"{code} | quote")


def number(code: str) -> Expression:
    """An expression that prints an integer."""
    return Expression(f"{code} | int")


def written(literal: str) -> str:
    """A literal as template text, with the namespace in place of its mark."""
    safe = _BRACES.sub(lambda braces: f'{{{{ "{braces[0]}" }}}}', literal)
    return safe.replace(NAMESPACE_MARK, f"{{{{ {NAMESPACE} }}}}")


def template(node: Mapping[str, Any]) -> str:
    """An object as the text of a template."""
    return "".join(f"{line}\n" for line in _lines(node, ""))


def _lines(node: Mapping[str, Any] | Sequence[Any], pad: str) -> Iterator[str]:
    """The lines of a map or list that is not empty."""
    for key, value in node.items() if isinstance(node, Mapping) else ((None, item) for item in node):
        inner = value.value if isinstance(value, Only) else value
        if isinstance(value, Only):
            yield f"{pad}{{{{- if {value.condition} }}}}"
        yield from _item(inner, pad) if key is None else _entry(key, inner, pad)
        if isinstance(value, Only):
            yield f"{pad}{{{{- end }}}}"


def _entry(key: str, value: Any, pad: str) -> Iterator[str]:
    start = f"{pad}{written(scalar(key))}:"
    if isinstance(value, Mapping | list | tuple) and value:
        yield start
        yield from _lines(value, f"{pad}  ")
    else:
        yield f"{start} {_leaf(value)}"


def _item(value: Any, pad: str) -> Iterator[str]:
    if not isinstance(value, Mapping | list | tuple) or not value:
        yield f"{pad}- {_leaf(value)}"
        return
    first, *rest = _lines(value, f"{pad}  ")
    if first.lstrip().startswith("{{-"):
        yield from (f"{pad}-", first)
    else:
        yield f"{pad}- {first.lstrip()}"
    yield from rest


def _leaf(value: Any) -> str:
    if isinstance(value, Expression):
        return f"{{{{ {value.code} }}}}"
    if value == NAMESPACE_MARK:
        return f"{{{{ {NAMESPACE} | quote }}}}"
    if isinstance(value, Mapping | list | tuple):
        return "{}" if isinstance(value, Mapping) else "[]"
    return written(scalar(value))
