"""The values of a chart and their schema: values.yaml and values.schema.json."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from components.kubernetes.yaml_text import scalar

Path = tuple[str, ...]
Schema = Mapping[str, Any]


class KnobError(LookupError):
    """The render does not fit the chart's values (an internal error)."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Description of a value, and its JSON schema."""

    about: str
    schema: Schema


@dataclass(frozen=True, slots=True)
class Knob:
    """One value of a chart."""

    value: Any
    kind: Kind


@dataclass(slots=True)
class Knobs:
    """The values of a chart, in the order of their discovery, and the comments above sections."""

    sections: Mapping[Path, str] = field(default_factory=dict)
    found: dict[Path, Knob] = field(default_factory=dict)

    def add(self, path: Path, value: Any, kind: Kind) -> None:
        """Adds a value. One that the render uses in several places must be the same in all of them."""
        knob = self.found.setdefault(path, Knob(value, kind))
        if knob.value != value:
            msg = f"{'.'.join(path)} is {knob.value!r} in one place of the render and {value!r} in another"
            raise KnobError(msg)

    def values(self, made_by: str) -> str:
        """Text of values.yaml, with each comment at its first occurrence only."""
        head = ["# yaml-language-server: $schema=values.schema.json", f"# {made_by}"]
        return "".join(f"{line}\n" for line in [*head, *self._lines(self._tree(), (), set())])

    def schema(self) -> str:
        """Text of values.schema.json: every key is required and no other allowed."""
        found = {"$schema": "http://json-schema.org/draft-07/schema#", **_schema(self._tree())}
        # Helm passes it to a subchart.
        found["properties"] = {**found["properties"], "global": {"type": "object"}}
        return json.dumps(found, indent=2) + "\n"

    def _tree(self) -> dict[str, Any]:
        tree: dict[str, Any] = {}
        for path, knob in self.found.items():
            at = tree
            for key in path[:-1]:
                at = at.setdefault(key, {})
            at[path[-1]] = knob
        return tree

    def _lines(self, tree: Mapping[str, Any], path: Path, written: set[str]) -> Iterator[str]:
        pad = "  " * len(path)
        for key, value in tree.items():
            here = (*path, key)
            about = value.kind.about if isinstance(value, Knob) else self.sections.get(here, "")
            if about and about not in written:
                written.add(about)
                yield f"{pad}# {about}"
            if isinstance(value, Knob):
                yield f"{pad}{scalar(key)}: {scalar(value.value)}"
            else:
                yield f"{pad}{scalar(key)}:"
                yield from self._lines(value, here, written)


def _schema(node: Any) -> dict[str, Any]:
    if isinstance(node, Knob):
        return {"description": node.kind.about, **node.kind.schema}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(node),
        "properties": {key: _schema(value) for key, value in node.items()},
    }


def whole(least: int, most: int) -> Schema:
    """Schema of an integer."""
    return {"type": "integer", "minimum": least, "maximum": most}


def pattern(expression: str, longest: int = 253) -> Schema:
    """Schema of a string that matches a regular expression."""
    return {"type": "string", "pattern": expression, "maxLength": longest}


SWITCH: Schema = {"type": "boolean"}


def place(node: Any, path: tuple[str | int, ...]) -> Any:
    """The value at a path of an object. Raises KnobError if there is none."""
    try:
        for key in path:
            node = node[key]
    except (KeyError, IndexError, TypeError):
        msg = f"the render has no {'.'.join(map(str, path))}"
        raise KnobError(msg) from None
    return node


def put(node: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """Replaces the value at a path, and returns the old one. Raises KnobError if there is none."""
    old = place(node, path)
    place(node, path[:-1])[path[-1]] = value
    return old
