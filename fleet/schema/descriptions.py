"""Descriptions of keys for editors: docstrings of fields and members, and defaults as files spell them."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from enum import StrEnum
from itertools import pairwise
from typing import Any

from pydantic import BaseModel

from fleet.model.quantities import CPU_PATTERN, MEMORY_PATTERN, SECONDS_PATTERN

_FROM_PATH = ("name", "system")
_UNITS = {MEMORY_PATTERN: "MiB", CPU_PATTERN: "m", SECONDS_PATTERN: "s"}
"""Pattern of a quantity -> unit of the model's integer."""


def described(model: type[BaseModel]) -> dict[str, Any]:
    """A model's schema for editors, without the fields that the file's path sets."""
    schema = model.model_json_schema(by_alias=True)
    for name in _FROM_PATH:
        schema["properties"].pop(name, None)
    schema["required"] = [name for name in schema.get("required", ()) if name not in _FROM_PATH]
    models = {child.__name__: child for child in _below(BaseModel)}
    enums = {child.__name__: child for child in _below(StrEnum)}
    for name, definition in [(model.__name__, schema), *schema.get("$defs", {}).items()]:
        if name in models:
            _describe(definition, models[name])
        elif name in enums and (members := _docstrings(enums[name])):
            # Editors' extension: the meaning of each value, in the order of the values.
            definition["enumDescriptions"] = [members.get(member.name, "") for member in enums[name]]
    written: dict[str, Any] = rewritten(schema, _as_written)
    return written


def rewritten(schema: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    """A schema with every object in it changed, innermost first."""
    if isinstance(schema, list):
        return [rewritten(item, change) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return change({key: rewritten(value, change) for key, value in schema.items()})


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


def _docstrings(documented: type) -> dict[str, str]:
    """Name of a field or member -> the string literal that follows it in the class body."""
    source = ast.parse(inspect.cleandoc("\n" + inspect.getsource(documented))).body[0]
    body = source.body if isinstance(source, ast.ClassDef) else []
    docstrings: dict[str, str] = {}
    for field, text in pairwise(body):
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
            targets = field.targets if isinstance(field, ast.Assign) else [getattr(field, "target", None)]
            names = [target.id for target in targets if isinstance(target, ast.Name)]
            docstrings |= dict.fromkeys(names, " ".join(str(text.value.value).split()))
    return docstrings


def _below(base: type) -> list[type[Any]]:
    """Subclasses in the models' modules, at any depth."""
    direct: list[type[Any]] = base.__subclasses__()
    return [c for child in direct for c in (child, *_below(child)) if c.__module__.startswith("fleet.model.")]


def _as_written(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema with defaults as a file spells them, since editors insert them; none for `null`."""
    if "default" not in schema or schema["default"] is None:
        return {key: value for key, value in schema.items() if key != "default"}
    patterns = [each["pattern"] for each in (schema, *schema.get("anyOf", ())) if "pattern" in each]
    unit = next((unit for pattern, unit in _UNITS.items() if pattern in patterns), "")
    default = schema["default"]
    return {**schema, "default": f"{default}{unit}"} if unit and type(default) is int else schema
