"""What editors say of a key, taken from the models: docstrings of fields and members, defaults as people write them."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from enum import StrEnum
from itertools import pairwise
from typing import Any

from pydantic import BaseModel

from fleet.model.quantities import CPU_PATTERN, MEMORY_PATTERN, SECONDS_PATTERN

_SAID_BY_PLACE = ("name", "system")
_UNITS = {MEMORY_PATTERN: "MiB", CPU_PATTERN: "m", SECONDS_PATTERN: "s"}
"""Pattern of a quantity -> the unit of the integer that a model holds."""
_OURS = "fleet.model."


def described(model: type[BaseModel]) -> dict[str, Any]:
    """A model's schema for editors, without what a file's place says."""
    schema = model.model_json_schema(by_alias=True)
    for name in _SAID_BY_PLACE:
        schema["properties"].pop(name, None)
    schema["required"] = [name for name in schema.get("required", ()) if name not in _SAID_BY_PLACE]
    models = {found.__name__: found for found in _below(BaseModel)}
    words = {found.__name__: found for found in _below(StrEnum)}
    for name, definition in [(model.__name__, schema), *schema.get("$defs", {}).items()]:
        if name in models:
            _describe(definition, models[name])
        elif name in words:
            _describe_members(definition, words[name])
    written: dict[str, Any] = _as_written(schema)
    return written


def _describe(definition: dict[str, Any], model: type[BaseModel]) -> None:
    lineage = [
        parent for parent in reversed(model.__mro__) if issubclass(parent, BaseModel) and parent is not BaseModel
    ]
    documented = {field: text for parent in lineage for field, text in _docstrings(parent).items()}
    for name, field in model.model_fields.items():
        key = field.alias or name
        if name in documented and key in definition.get("properties", {}):
            definition["properties"][key]["description"] = documented[name]
            definition["properties"][key].pop("title", None)


def _describe_members(definition: dict[str, Any], words: type[StrEnum]) -> None:
    """`enumDescriptions` is a word of editors: what each value means, in the order of the values."""
    documented = _docstrings(words)
    if documented:
        definition["enumDescriptions"] = [documented.get(member.name, "") for member in words]


def _docstrings(documented: type) -> dict[str, str]:
    """Name of a field or member -> the string literal that follows it in the class body."""
    source = ast.parse(inspect.cleandoc("\n" + inspect.getsource(documented))).body[0]
    body = source.body if isinstance(source, ast.ClassDef) else []
    found: dict[str, str] = {}
    for field, text in pairwise(body):
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
            found |= {name: " ".join(str(text.value.value).split()) for name in _names(field)}
    return found


def _names(statement: ast.stmt) -> Iterator[str]:
    """Names that a statement gives a value or a type."""
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return (target.id for target in targets if isinstance(target, ast.Name))


def _below(base: type) -> list[type[Any]]:
    """Classes of the models that are made from another."""
    direct: list[type[Any]] = base.__subclasses__()
    found = [child for one in direct for child in (one, *_below(one))]
    return [child for child in found if child.__module__.startswith(_OURS)]


def _as_written(schema: Any) -> Any:
    """A schema whose defaults are what a file would say: editors write them. `null` is nothing to write."""
    if isinstance(schema, list):
        return [_as_written(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _as_written(value) for key, value in schema.items()}
    default = found.get("default", 0)
    if default is None:
        del found["default"]
    elif "default" in found and isinstance(default, int) and not isinstance(default, bool):
        unit = next((unit for pattern, unit in _UNITS.items() if pattern in _patterns(found)), None)
        found["default"] = f"{default}{unit}" if unit else default
    return found


def _patterns(schema: dict[str, Any]) -> list[str]:
    """Patterns of a value, those of its alternatives too."""
    return [one["pattern"] for one in (schema, *schema.get("anyOf", ())) if "pattern" in one]
