"""JSON schemas of the files for completion and checks in editors, generated from the models."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fleet.load.stack_keys import NAMESPACES
from fleet.model import ContainerGroup, Stack
from fleet.model.group import EXTENDS
from fleet.schema.descriptions import described, rewritten
from fleet.source.locations import NAMESPACE

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_PULUMIS = ("encryptionsalt", "encryptedkey", "secretsprovider")
_PART = "PartOf"
"""Prefix of a definition for files that extend another."""


def schemas() -> Mapping[str, str]:
    """File name in schemas/ -> JSON text."""
    return {"group.schema.json": _text(_group()), "stack.schema.json": _text(_stack())}


def _group() -> dict[str, Any]:
    """Two schemas: a file that extends another may leave out anything, and remove keys with null."""
    whole = described(ContainerGroup)
    part = rewritten(whole, _partial)
    definitions, partial = whole.pop("$defs", {}), part.pop("$defs", {})
    return {
        "$schema": _DRAFT,
        "title": "A container group: groups/<system>/<group>.yaml",
        "type": "object",
        "if": {"required": [EXTENDS]},
        "then": {"$ref": f"#/$defs/{_PART}ContainerGroup"},
        "else": {"$ref": "#/$defs/ContainerGroup"},
        "$defs": {
            **definitions,
            "ContainerGroup": whole,
            **{f"{_PART}{name}": schema for name, schema in {**partial, "ContainerGroup": part}.items()},
        },
    }


def _partial(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema for files that extend another: nothing is required, and any value may be null."""
    partial = {key: value for key, value in schema.items() if key != "required"}
    for key in {"properties", "patternProperties"} & partial.keys():
        if isinstance(partial[key], dict):
            partial[key] = {name: _or_null(value) for name, value in partial[key].items()}
    if isinstance(partial.get("$ref"), str):
        partial["$ref"] = partial["$ref"].replace("#/$defs/", f"#/$defs/{_PART}")
    return partial


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    # The description stays outside: editors show that of the key, not that of an alternative.
    description = {"description": schema["description"]} if "description" in schema else {}
    return {**description, "anyOf": [schema, {"type": "null"}]}


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
                "description": "`fleet:` keys configure the fleet; all others belong to Pulumi and its providers.",
                "type": "object",
                "properties": ours,
                "required": [f"{NAMESPACE}{key}" for key in schema.get("required", ())],
                "patternProperties": {f"^({'|'.join(sorted(NAMESPACES))}):": {}},
                "additionalProperties": False,
            },
            **{key: {"description": "Used by Pulumi.", "type": "string"} for key in _PULUMIS},
            "environment": {"description": "Used by Pulumi."},
        },
        "required": ["config"],
        "additionalProperties": False,
        "$defs": definitions,
    }


def _closed(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema that forbids keys outside its patterns, as the models do."""
    return {"additionalProperties": False, **schema} if "patternProperties" in schema else schema


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(rewritten(schema, _closed), indent=2, sort_keys=True) + "\n"
