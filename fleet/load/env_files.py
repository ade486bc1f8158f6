"""Adds the variables of `env_file` to a group's `env`, each with its own file and line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from fleet.load.fields import is_valid
from fleet.model import ContainerGroup
from fleet.source.document import Document, KeyPath, dotted
from fleet.source.env_file import read_variables
from fleet.source.faults import Fault
from fleet.source.text_file import UnreadableError, ensure_printable

Read = Callable[[str], str]
"""Path below the project's folder -> text. Raises UnreadableError."""


def add_env_files(document: Document, read: Read) -> tuple[Document, list[Fault]]:
    """A group's document with the variables of its files, and every fault of these.

    A variable in `env` takes precedence, and one of a later file.
    """
    adding = _Adding(document, read)
    containers = document.value.get("containers")
    for name, container in containers.items() if isinstance(containers, dict) else ():
        if isinstance(container, dict) and container.get("env_file"):
            adding.add(name, container)
    return adding.document(), adding.faults


class _Adding:
    def __init__(self, document: Document, read: Read) -> None:
        self._document = document
        self._read = read
        self._containers: dict[str, Any] = {}
        self._lines = dict(document.lines)
        self._sources = dict(document.sources)
        self.faults: list[Fault] = []

    def document(self) -> Document:
        if not self._containers:
            return self._document
        value = self._document.value
        whole = {**value, "containers": {**value["containers"], **self._containers}}
        return replace(self._document, value=whole, lines=self._lines, sources=self._sources)

    def add(self, name: str, container: dict[str, Any]) -> None:
        """Adds the files of one container."""
        files, own = container["env_file"], container.get("env")
        if not isinstance(files, list) or not isinstance(own, dict | None):
            # The model reports it.
            return
        added: dict[str, str] = {}
        for index, file in enumerate(files):
            # The model reports a path outside the project.
            if is_valid(ContainerGroup, ("containers", name, "env_file", index), file):
                added |= dict(self._variables(("containers", name), index, file, own or {}))
        self._containers[name] = {**container, "env": {**added, **(own or {})}}

    def _variables(self, at: KeyPath, index: int, file: str, own: dict[str, Any]) -> Iterator[tuple[str, str]]:
        path = (*at, "env_file", index)
        try:
            text = self._read(file)
            ensure_printable(text)
        except UnreadableError as error:
            place = self._document.place(path) if error.line is None else (file, error.line)
            self.faults.append(Fault(*place, dotted(path), f"{file} {error.problem}", error.remedy))
            return
        lines: dict[str, int] = {}
        for line in read_variables(text):
            where = (*at, "env", line.name) if line.name else path
            if line.problem or line.name in lines:
                problem = line.problem or f"is written twice, first in line {lines[line.name]}"
                self.faults.append(Fault(file, line.number, dotted(where), problem, line.remedy or "keep one"))
                continue
            lines[line.name] = line.number
            if line.name not in own:
                self._lines[where], self._sources[where] = line.number, file
                yield line.name, line.value
