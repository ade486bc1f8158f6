"""Where each value came from: file and line, for errors and policy results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fleet.source.document import Document, dotted
from fleet.source.faults import Fault

NAMESPACE = "fleet:"
"""Namespace of our keys in a stack file's `config`; Pulumi's project name."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The parsed files, by stack and by group."""

    stacks: Mapping[str, Document]
    groups: Mapping[str, Document]

    def stack_fault(
        self, stack: str, path: Sequence[str | int], problem: str, remedy: str, detail: tuple[str, ...] = ()
    ) -> Fault:
        """A fault at a path of a stack, such as `("machine", "network", "subnet")`."""
        document = self.stacks[stack]
        line = document.line(("config", f"{NAMESPACE}{path[0]}", *path[1:])) if path else 1
        return Fault(document.source, line, dotted(path), problem, remedy, detail)

    def group_fault(
        self, group: str, path: Sequence[str | int], problem: str, remedy: str, detail: tuple[str, ...] = ()
    ) -> Fault:
        """A fault at a path of a group's file, such as `("containers", "main", "gpu")`."""
        document = self.groups[group]
        source, line = document.place(path)
        # The value stands in a file of another group: whose it is must be said.
        whose = "" if source == document.source else f" (in {group}, which extends it)"
        return Fault(source, line, dotted(path), f"{problem}{whose}", remedy, detail)

    def place_of_group(self, group: str, path: Sequence[str | int]) -> str | None:
        """`file:line` of a value in a group's file; None for a group that is not ours."""
        document = self.groups.get(group)
        if document is None:
            return None
        source, line = document.place(path)
        return source if line is None else f"{source}:{line}"

    def place_of_stack(self, stack: str, path: Sequence[str | int]) -> str | None:
        """`file:line` of a value in a stack's file, or of the nearest above it that is written."""
        document = self.stacks.get(stack)
        if document is None:
            return None
        source, line = document.place(("config", f"{NAMESPACE}{path[0]}", *path[1:]) if path else ())
        return f"{source}:{line or 1}"
