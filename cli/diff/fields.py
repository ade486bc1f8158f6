"""The fields of a resource compared, by names that stay when a list is reordered. Secrets are told by name only."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from cli.diff.model import FieldChange
from fleet.property_paths import Path, by_name
from fleet.redaction import HIDDEN, holds_secret_value, names_a_secret

_SECRET_KINDS = ("kubernetes:core/v1:Secret", "gcp:secretmanager/secretVersion:SecretVersion")
_SECRET_FIELDS = ("data", "stringData", "secretData")


def changed_fields(type_: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """Every leaf that differs, by its dotted path."""
    read_json = type_ not in _SECRET_KINDS
    old, new = (dict(_leaves(side, (), read_json=read_json)) for side in (before, after))
    paths = [path for path in {**old, **new} if old.get(path) != new.get(path)]
    return tuple(
        FieldChange(".".join(path), _shown(type_, path, old), _shown(type_, path, new)) for path in sorted(paths)
    )


def _leaves(value: Any, path: Path, *, read_json: bool) -> Iterator[tuple[Path, Any]]:
    """read_json: a text that is a JSON object (the agents of a container, an address book) is told key by key."""
    if isinstance(value, str) and read_json:
        value = _object_in(value)
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, (*path, str(key)), read_json=read_json)
    elif isinstance(value, list) and value:
        named = by_name(value, path)
        if named is None:
            yield path, value
        else:
            yield from _leaves(named, path, read_json=read_json)
    elif value is not None and value != []:
        yield path, value


def _object_in(text: str) -> Any:
    """What a text holds that is a JSON object and not empty, else the text."""
    if not text.startswith("{"):
        return text
    try:
        return json.loads(text) or text
    except ValueError:
        return text


def _shown(type_: str, path: Path, found: Mapping[Path, Any]) -> str | None:
    return shown(type_, path, found[path]) if path in found else None


def shown(type_: str, path: Path, value: Any) -> str:
    """A leaf as text; of a secret that it is one."""
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    secret = type_ in _SECRET_KINDS and path[0] in _SECRET_FIELDS
    if secret or any(names_a_secret(part) for part in path if part.isupper()) or holds_secret_value(text):
        return HIDDEN
    return text
