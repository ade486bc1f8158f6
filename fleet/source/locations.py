"""Faults and places of values: file and line of each key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fleet.source.document import Document, KeyPath, dotted
from fleet.source.faults import Fault

NAMESPACE = "fleet:"
"""Namespace of our keys in a stack file's `config`; Pulumi's project name."""


SECRETS = "secrets:"
"""Namespace of secret values in a stack file's `config`, each encrypted by Pulumi."""


def set_secret(stack: str, name: str) -> str:
    """The command that stores a secret value, read from the terminal."""
    return f"pulumi config set --stack {stack} --secret {SECRETS}{name}"


def config_path(path: Sequence[str | int]) -> KeyPath:
    """Path of our key in a stack's file; of the whole `config` for an empty one."""
    return ("config", f"{NAMESPACE}{path[0]}", *path[1:]) if path else ("config",)


def is_encrypted(value: object) -> bool:
    """Whether Pulumi encrypted a value of `config`. A mode or a volume may be called `secure`."""
    return isinstance(value, dict) and value.keys() == {"secure"} and isinstance(value["secure"], str)


def stack_data(document: Document) -> dict[str, Any]:
    """Our keys of a stack's `config`, without encrypted ones, which only Pulumi can read."""
    return {
        key.removeprefix(NAMESPACE): value
        for key, value in document.value["config"].items()
        if key.startswith(NAMESPACE) and not is_encrypted(value)
    }


@dataclass(frozen=True, slots=True)
class Sources:
    """The parsed files, by stack and by group."""

    stacks: Mapping[str, Document]
    groups: Mapping[str, Document]

    def stack_fault(
        self, stack: str, path: Sequence[str | int], problem: str, remedy: str, detail: tuple[str, ...] = ()
    ) -> Fault:
        """A fault at a path of a stack, such as `("machine", "network", "subnet")`."""
        return Fault(*self.stacks[stack].place(config_path(path)), dotted(path), problem, remedy, detail)

    def group_fault(
        self, group: str, path: Sequence[str | int], problem: str, remedy: str, detail: tuple[str, ...] = ()
    ) -> Fault:
        """A fault at a path of a group's file, such as `("containers", "main", "gpu")`."""
        source, line = self.groups[group].place(path)
        # A group's variables may also be in a file that is no group's.
        is_inherited = source != self.groups[group].source and source.endswith(".yaml")
        heirs = (group,) if is_inherited else ()
        return Fault(source, line, dotted(path), problem, remedy, detail, heirs)

    def key_of_item(self, group: str, path: Sequence[str | int], name: str) -> str | int:
        """The last part of the path of an item that is written as a key of a map, or as the text of a list."""
        value = self.groups[group].value
        for key in path:
            value = value[key]
        return value.index(name) if isinstance(value, list) else name

    def place_of_group(self, group: str, path: Sequence[str | int]) -> str:
        """`file:line` of a value of a group."""
        source, line = self.groups[group].place(path)
        return source if line is None else f"{source}:{line}"
