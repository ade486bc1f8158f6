"""JSON schemas of the files, generated from the models, so that editors complete and check them."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from pydantic import BaseModel

from fleet.model import ContainerGroup, Stack
from fleet.model.group import EXTENDS
from fleet.sources import NAMESPACE

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_SAID_BY_PLACE = ("name", "system")
_PART = "PartOf"
"""Before the name of a definition: the same, for a file that extends another."""


def schemas() -> Mapping[str, str]:
    """File name in schemas/ -> JSON text."""
    return {"group.schema.json": _text(_group()), "stack.schema.json": _text(_stack())}


def _group() -> dict[str, Any]:
    """Two schemas in one: a file that extends another may leave out anything, and drop keys with null."""
    whole = _described(ContainerGroup)
    definitions = whole.pop("$defs", {})
    part = _renamed(_partial({**whole, "$defs": definitions}))
    partial_definitions = part.pop("$defs")
    return {
        "$schema": _DRAFT,
        "title": "A container group: groups/<system>/<group>.yaml",
        "type": "object",
        "if": {"required": [EXTENDS]},
        "then": {"$ref": f"#/$defs/{_PART}ContainerGroup"},
        "else": {"$ref": "#/$defs/ContainerGroup"},
        "$defs": {
            **definitions,
            **partial_definitions,
            "ContainerGroup": whole,
            f"{_PART}ContainerGroup": part,
        },
    }


def _partial(schema: Any) -> Any:
    """A schema of files that are laid over another: nothing is required, and any value may be null."""
    if isinstance(schema, list):
        return [_partial(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _partial(value) for key, value in schema.items() if key != "required"}
    for key in ("properties", "patternProperties"):
        if isinstance(found.get(key), dict):
            found[key] = {name: {"anyOf": [value, {"type": "null"}]} for name, value in found[key].items()}
    return found


def _renamed(schema: Any) -> Any:
    """A schema whose definitions can stand beside those of the one it was made from."""
    if isinstance(schema, list):
        return [_renamed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema.replace("#/$defs/", f"#/$defs/{_PART}") if isinstance(schema, str) else schema
    found = {key: _renamed(value) for key, value in schema.items()}
    if "$defs" in found:
        found["$defs"] = {f"{_PART}{name}": value for name, value in found["$defs"].items()}
    return found


def _stack() -> dict[str, Any]:
    schema = _described(Stack)
    definitions = schema.pop("$defs", {})
    ours = {f"{NAMESPACE}{key}": value for key, value in schema["properties"].items()}
    return {
        "$schema": _DRAFT,
        "title": "A stack: Pulumi.<stack>.yaml",
        "type": "object",
        "properties": {
            "config": {
                "type": "object",
                "properties": ours,
                "required": [f"{NAMESPACE}{key}" for key in schema.get("required", ())],
                # Other namespaces are Pulumi's and the providers'.
                "patternProperties": {f"^(?!{NAMESPACE})": {}},
                "additionalProperties": False,
            },
            "encryptionsalt": {"type": "string"},
            "encryptedkey": {"type": "string"},
            "secretsprovider": {"type": "string"},
            "environment": {},
        },
        "required": ["config"],
        "additionalProperties": False,
        "$defs": definitions,
    }


def _described(model: type[BaseModel]) -> dict[str, Any]:
    """A model's schema with the docstrings under its fields as descriptions, and without what a file's place says."""
    schema = model.model_json_schema(by_alias=True)
    for name in _SAID_BY_PLACE:
        schema["properties"].pop(name, None)
    schema["required"] = [name for name in schema.get("required", ()) if name not in _SAID_BY_PLACE]
    models = {found.__name__: found for found in _models(BaseModel)}
    for name, definition in [(model.__name__, schema), *schema.get("$defs", {}).items()]:
        if name in models:
            _describe(definition, models[name])
    return schema


def _describe(definition: dict[str, Any], model: type[BaseModel]) -> None:
    lineage = [
        parent for parent in reversed(model.__mro__) if issubclass(parent, BaseModel) and parent is not BaseModel
    ]
    documented = {field: text for parent in lineage for field, text in _field_docstrings(parent).items()}
    for name, field in model.model_fields.items():
        key = field.alias or name
        if name in documented and key in definition.get("properties", {}):
            definition["properties"][key]["description"] = documented[name]
            definition["properties"][key].pop("title", None)


def _field_docstrings(model: type[BaseModel]) -> dict[str, str]:
    """Field name -> the string literal that follows it in the class body."""
    source = ast.parse(inspect.cleandoc("\n" + inspect.getsource(model))).body[0]
    body = source.body if isinstance(source, ast.ClassDef) else []
    found = {}
    for field, text in pairwise(body):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
        ):
            found[field.target.id] = " ".join(str(text.value.value).split())
    return found


def _models(base: type[BaseModel]) -> list[type[BaseModel]]:
    return [model for child in base.__subclasses__() for model in (child, *_models(child))]


def _closed(schema: Any) -> Any:
    """A schema in which keys outside a pattern are wrong, as they are to the models."""
    if isinstance(schema, list):
        return [_closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items()}
    return {"additionalProperties": False, **closed} if "patternProperties" in closed else closed


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(_closed(schema), indent=2, sort_keys=True) + "\n"
