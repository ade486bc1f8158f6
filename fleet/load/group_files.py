"""Reads the files that groups copy into their containers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fleet.model import ContainerGroup
from fleet.source.document import Document, KeyPath, dotted
from fleet.source.faults import Fault
from fleet.source.project_files import read_files, secret_in
from fleet.source.text_file import UnreadableError

GROUP_BYTES_MAX = 1024 * 1024
"""Size of all files of a group: a ConfigMap takes as much."""

_REMEDY = "name it under `secrets` and store its value where the target keeps secrets; then revoke this one"


class GroupFiles:
    """The files that groups name, each read once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.contents: dict[str, Mapping[str, bytes]] = {}
        """Source -> path below it -> content."""

    def read(self, group: ContainerGroup, document: Document) -> Iterator[Fault]:
        """Reads a group's files; yields a fault for each that cannot be used."""
        size = 0
        for key, container in group.containers.items():
            for target, source in container.files.items():
                path = ("containers", key, "files", target)
                # Another value stands in for an invalid one, which is reported.
                if source not in self.contents and _value(document, path) == source:
                    yield from self._read(source, path, document)
                size += sum(map(len, self.contents.get(source, {}).values()))
        if size > GROUP_BYTES_MAX:
            problem = f"the files of its containers have {size} bytes, more than {GROUP_BYTES_MAX}"
            place = document.place(("containers",))
            yield Fault(*place, "containers", problem, "build an image with them, or keep them in a volume")

    def _read(self, source: str, path: KeyPath, document: Document) -> Iterator[Fault]:
        where = dotted(path)
        try:
            self.contents[source] = files = read_files(self._root, source)
        except UnreadableError as error:
            yield Fault(*document.place(path), where, f"{source} {error.problem}", error.remedy)
            return
        for name, content in files.items():
            if found := secret_in(content):
                line, kind = found
                yield Fault(f"{source}{name}", line, where, f"contains a secret value ({kind})", _REMEDY)


def _value(document: Document, path: KeyPath) -> Any:
    """What a document has at a path; None without the path."""
    value = document.value
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value
