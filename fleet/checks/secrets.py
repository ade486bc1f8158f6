"""Files name secrets and never hold their values: a value is refused anywhere, and never quoted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fleet.model import Fleet
from fleet.source.document import KeyPath, dotted
from fleet.source.faults import Fault
from fleet.source.locations import NAMESPACE, Sources
from fleet.source.redaction import holds_secret_value, names_a_secret

_REMEDY = "name it under `secrets` and store its value where the target keeps secrets"


def ensure_no_secret_values(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """No text looks like a credential, and no env entry is named like one. Also searches files refused otherwise."""
    for document in (*sources.groups.values(), *sources.stacks.values()):
        for path, text in _texts(document.value, ()):
            if holds_secret_value(text):
                where = dotted(path).removeprefix("config.").removeprefix(NAMESPACE)
                source, line = document.place(path)
                yield Fault(source, line, where, "contains a secret value", f"{_REMEDY}; then revoke this one")
    for name, group in fleet.groups.items():
        for key, container in group.containers.items():
            for variable, value in container.env.items():
                if value and not value.startswith("/") and names_a_secret(variable) and not holds_secret_value(value):
                    path = ("containers", key, "env", variable)
                    yield sources.group_fault(name, path, "is named like a secret and has a value", _REMEDY)


def _texts(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            if key != "secure":
                yield from _texts(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, index))
