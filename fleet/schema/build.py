"""JSON schemas of the files, generated from the models, so that editors complete and check them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fleet.model import ContainerGroup, Stack
from fleet.model.group import EXTENDS
from fleet.schema.descriptions import described
from fleet.source.locations import NAMESPACE

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_PULUMIS = ("encryptionsalt", "encryptedkey", "secretsprovider")
_PART = "PartOf"
"""Before the name of a definition: the same, for a file that extends another."""


def schemas() -> Mapping[str, str]:
    """File name in schemas/ -> JSON text."""
    return {"group.schema.json": _text(_group()), "stack.schema.json": _text(_stack())}


def _group() -> dict[str, Any]:
    """Two schemas in one: a file that extends another may leave out anything, and drop keys with null."""
    whole = described(ContainerGroup)
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
            found[key] = {name: _or_null(value) for name, value in found[key].items()}
    return found


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    """The description stays outside: editors show that of the key, not that of an alternative."""
    said = {"description": schema["description"]} if "description" in schema else {}
    return {**said, "anyOf": [schema, {"type": "null"}]}


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
    schema = described(Stack)
    definitions = schema.pop("$defs", {})
    ours = {f"{NAMESPACE}{key}": value for key, value in schema["properties"].items()}
    return {
        "$schema": _DRAFT,
        "title": "A stack: Pulumi.<stack>.yaml",
        "type": "object",
        "properties": {
            "config": {
                "description": "What `fleet:` keys say is ours; all others are Pulumi's and its providers'.",
                "type": "object",
                "properties": ours,
                "required": [f"{NAMESPACE}{key}" for key in schema.get("required", ())],
                # Other namespaces are Pulumi's and the providers'.
                "patternProperties": {f"^(?!{NAMESPACE})": {}},
                "additionalProperties": False,
            },
            **{key: {"description": "Pulumi's own.", "type": "string"} for key in _PULUMIS},
            "environment": {"description": "Pulumi's own."},
        },
        "required": ["config"],
        "additionalProperties": False,
        "$defs": definitions,
    }


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
