"""Files name secrets and never hold their values: a value is refused anywhere, and never quoted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fleet.model import Fleet
from fleet.source.document import Document, KeyPath, dotted
from fleet.source.faults import Fault
from fleet.source.locations import NAMESPACE, SECRETS, Sources, set_secret
from fleet.source.secrets import NAMED, find_named, find_secret, secret_words
from fleet.suggest import did_you_mean

_REMEDY = "name it under `secrets` and store its value where the target keeps secrets"
_OF_PULUMI = "store it with `pulumi config set --secret`"

_ENCRYPTED = ("secure", "encryptionsalt", "encryptedkey")
"""Pulumi's keys of encrypted values."""

Found = tuple[KeyPath, str]
"""A value that holds a credential, and its kind."""


def ensure_no_secret_values(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """No text holds a credential, and none is named like one. Also searches files refused otherwise."""
    for document in (*sources.groups.values(), *sources.stacks.values()):
        for path, kind in _search(document.value, ()):
            yield _fault(document, path, kind)


def ensure_config_secrets_are_encrypted_and_read(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Each secret in a stack's config is encrypted by Pulumi, and a container of the stack reads it as a variable."""
    for name, stack in fleet.stacks.items():
        groups = [fleet.groups[each] for each in stack.groups if each in fleet.groups]
        read = {s for group in groups for c in group.containers.values() for s in c.secret_env.values()}
        read |= {login.secret_name for login in stack.machine.registries.values()}
        document = sources.stacks[name]
        for key, value in document.value["config"].items():
            secret = key.removeprefix(SECRETS)
            if secret == key:
                continue
            if not (isinstance(value, dict) and value.keys() == {"secure"}):
                remedy = f"store another value with `{set_secret(name, secret)}`, and revoke this one"
                yield Fault(*document.place(("config", key)), key, "is not encrypted", remedy)
            elif secret not in read and len(groups) == len(stack.groups):
                remedy = f"remove it with `pulumi config rm --stack {name} {key}`, or correct its name"
                text = f"no container of {name} reads {secret} as a variable, and no registry"
                yield Fault(*document.place(("config", key)), key, text, did_you_mean(secret, read, remedy))


def _fault(document: Document, path: KeyPath, kind: str) -> Fault:
    where = dotted(path).removeprefix("config.").removeprefix(NAMESPACE)
    is_of_pulumi = path[0] == "config" and len(path) > 1 and not str(path[1]).startswith(NAMESPACE)
    remedy = _OF_PULUMI if is_of_pulumi else _REMEDY
    if kind == NAMED:
        return Fault(*document.place(path), where, "is named like a secret and has a value", remedy)
    return Fault(*document.place(path), where, f"contains a secret value ({kind})", f"{remedy}; then revoke this one")


def _search(value: Any, path: KeyPath, name: str = "") -> Iterator[Found]:
    """name: the nearest key, by which a value may be a secret."""
    if isinstance(value, dict):
        for key, item in value.items():
            if kind := find_secret(str(key)):
                yield (*path, key), kind
            elif key not in _ENCRYPTED:
                yield from _search(item, (*path, key), str(key))
    elif isinstance(value, list):
        words = [item if isinstance(item, str) else "" for item in value]
        found = dict(secret_words(words))
        for index, item in enumerate(value):
            if index in found:
                yield (*path, index), found[index]
            else:
                yield from _search(item, (*path, index), name)
    elif value is not None:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if kind := find_named(name.rpartition(":")[2], text):
            yield path, kind
