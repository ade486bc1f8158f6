"""Knobs: the values of a chart, what they may be, and the two files that say so."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from components.kubernetes.yaml_text import scalar

Path = tuple[str, ...]
Schema = Mapping[str, Any]


class KnobError(LookupError):
    """The render has no place for a knob, or another value than its plan: a bug of ours."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a knob is about, and the JSON schema of its value."""

    about: str
    schema: Schema


@dataclass(frozen=True, slots=True)
class Knob:
    """One value of a chart."""

    value: Any
    kind: Kind


@dataclass(slots=True)
class Knobs:
    """The values of a chart, in the order they are found, and what is said above sections of them."""

    sections: Mapping[Path, str] = field(default_factory=dict)
    found: dict[Path, Knob] = field(default_factory=dict)

    def add(self, path: Path, value: Any, kind: Kind) -> None:
        """Adds a knob. The same may be found in several places, where it must hold the same."""
        knob = self.found.setdefault(path, Knob(value, kind))
        if knob.value != value:
            msg = f"{'.'.join(path)} is {knob.value!r} in one place of the render and {value!r} in another"
            raise KnobError(msg)

    def values(self, made_by: str) -> str:
        """Text of values.yaml; each comment stands where it is first needed."""
        head = ["# yaml-language-server: $schema=values.schema.json", f"# {made_by}"]
        return "".join(f"{line}\n" for line in [*head, *self._lines(self._tree(), (), set())])

    def schema(self) -> str:
        """Text of values.schema.json: every key is needed and no other is taken."""
        found = {"$schema": "http://json-schema.org/draft-07/schema#", **self._schema(self._tree(), ())}
        # Where the chart is part of another, Helm hands it this.
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

    def _lines(self, tree: Mapping[str, Any], path: Path, said: set[str]) -> Iterator[str]:
        pad = "  " * len(path)
        for key, value in tree.items():
            here = (*path, key)
            about = value.kind.about if isinstance(value, Knob) else self.sections.get(here, "")
            if about and about not in said:
                said.add(about)
                yield f"{pad}# {about}"
            if isinstance(value, Knob):
                yield f"{pad}{scalar(key)}: {scalar(value.value)}"
            else:
                yield f"{pad}{scalar(key)}:"
                yield from self._lines(value, here, said)

    def _schema(self, tree: Mapping[str, Any], path: Path) -> dict[str, Any]:
        properties = {
            key: {"description": value.kind.about, **value.kind.schema}
            if isinstance(value, Knob)
            else self._schema(value, (*path, key))
            for key, value in tree.items()
        }
        return {
            "type": "object",
            "additionalProperties": False,
            "required": list(tree),
            "properties": properties,
        }


def whole(least: int, most: int) -> Schema:
    """Schema of a whole number."""
    return {"type": "integer", "minimum": least, "maximum": most}


def pattern(expression: str, longest: int = 253) -> Schema:
    """Schema of a text of a form."""
    return {"type": "string", "pattern": expression, "maxLength": longest}


SWITCH: Schema = {"type": "boolean"}


def place(node: Any, path: tuple[str | int, ...]) -> Any:
    """The value at a path of an object. Raises KnobError where there is none."""
    at = node
    for key in path:
        try:
            at = at[key]
        except (KeyError, IndexError, TypeError):
            msg = f"the render has no {'.'.join(map(str, path))}"
            raise KnobError(msg) from None
    return at


def put(node: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """Puts a value in the place of another, which it returns. Raises KnobError where there is none."""
    old = place(node, path)
    place(node, path[:-1])[path[-1]] = value
    return old
