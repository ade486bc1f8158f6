"""Compares the fields of a resource. Items of lists are matched by name; secret values are hidden."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from cli.diff.model import FieldChange
from fleet.property_paths import Path, by_name
from fleet.source.redaction import HIDDEN
from fleet.source.secrets import find_named, holds_secret_value

_SECRET_KINDS = ("kubernetes:core/v1:Secret", "gcp:secretmanager/secretVersion:SecretVersion")
_SECRET_FIELDS = ("data", "stringData", "secretData")
_OF_VARIABLES = ("env", "envs", "data", "args", "buildArgs")
"""Fields whose keys a user names; other keys are a schema's, such as `secretKeyRef`."""


def changed_fields(type_: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """Every leaf that differs, by its dotted path."""
    read_json = type_ not in _SECRET_KINDS
    old, new = (dict(_leaves(side, (), read_json=read_json)) for side in (before, after))
    return tuple(
        FieldChange(".".join(path), *(shown(type_, path, side[path]) if path in side else None for side in (old, new)))
        for path in sorted({*old, *new})
        if old.get(path) != new.get(path)
    )


def _leaves(value: Any, path: Path, *, read_json: bool) -> Iterator[tuple[Path, Any]]:
    """read_json: treat a text that is a JSON object, such as an agent list, as an object."""
    if isinstance(value, str) and value.startswith("{") and read_json:
        with suppress(ValueError):
            value = json.loads(value) or value
    named = by_name(value, path) if isinstance(value, list) and value else None
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, (*path, str(key)), read_json=read_json)
    elif named is not None:
        yield from _leaves(named, path, read_json=read_json)
    elif value is not None and value != []:
        yield path, value


def shown(type_: str, path: Path, value: Any) -> str:
    """A leaf as text; secret values are hidden."""
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    secret = type_ in _SECRET_KINDS and path[0] in _SECRET_FIELDS
    if secret or holds_secret_value(text) or any(find_named(name, text) for name in _variables(path)):
        return HIDDEN
    return text


def _variables(path: Path) -> Iterator[str]:
    for before, part in zip(("", *path), path, strict=False):
        if before in _OF_VARIABLES or part.isupper():
            yield part
