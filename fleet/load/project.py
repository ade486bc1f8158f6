"""Finds and reads a project's stack and group files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from fleet.checks import check_fleet
from fleet.image_digests import ImageContents, image_bases
from fleet.load.extends import extend_all
from fleet.load.validate import unknown_key, validate
from fleet.model import ContainerGroup, Fleet, Stack
from fleet.source.document import Document, read_document
from fleet.source.faults import ConfigurationError, Fault
from fleet.source.locations import NAMESPACE, Sources

_STACK_FILES = "Pulumi.*.yaml"
_GROUP_FILES = "groups/*/*.yaml"
_STACK_KEYS = ("config", "encryptionsalt", "encryptedkey", "secretsprovider", "environment")
"""Top-level keys of a Pulumi stack file; all but `config` belong to Pulumi alone."""

_SAID = ("is already said by where the file lies", "remove it")
_SAID_BY_PLACE = {"name", "system"}
"""Fields of a group that its file's name and folder give."""


@dataclass(frozen=True, slots=True)
class Project:
    """A loaded project: the fleet, and where each of its values was written."""

    root: Path
    fleet: Fleet
    sources: Sources


def load_project(root: Path, texts: Mapping[str, str] = MappingProxyType({})) -> Project:
    """Loads every `Pulumi.<stack>.yaml` and `groups/<system>/<group>.yaml` below root and judges them together.

    texts: file, relative to root -> the text it is judged with, in place of its own. Needs no passphrase, login or
    engine. Raises ConfigurationError with every fault of every file.
    """
    reading = _Reading(root, texts)
    for file in sorted(root.glob(_STACK_FILES)):
        reading.read_stack(file)
    for file in sorted(root.glob(_GROUP_FILES)):
        reading.read_group(file)
    reading.check_groups()
    reading.note_misplaced()
    if not reading.stack_documents:
        reading.faults.append(
            Fault(
                str(root),
                None,
                "",
                "holds no Pulumi.<stack>.yaml",
                "run from the project's folder, or add a stack file",
            )
        )
    project = reading.project()
    if faults := [*reading.faults, *check_fleet(project.fleet, project.sources)]:
        raise ConfigurationError(faults)
    return project


class _Reading:
    """What has been read so far; a broken file is noted and left out, so that the others are still judged."""

    def __init__(self, root: Path, texts: Mapping[str, str]) -> None:
        self._root = root
        self._texts = texts
        self._stacks: dict[str, Stack] = {}
        self._groups: dict[str, ContainerGroup] = {}
        self.stack_documents: dict[str, Document] = {}
        self.group_documents: dict[str, Document] = {}
        self.faults: list[Fault] = []

    def read_stack(self, file: Path) -> None:
        name = file.name.removeprefix("Pulumi.").removesuffix(".yaml")
        document = self._read(file)
        self.stack_documents[name] = document
        if document.value is None:
            return
        self.faults += [
            unknown_key(document.source, document.line((key,)), (key,), _STACK_KEYS)
            for key in document.value
            if key not in _STACK_KEYS
        ]
        config = document.value.get("config")
        if not isinstance(config, dict):
            self.faults.append(
                Fault(
                    document.source,
                    document.line(("config",)),
                    "config",
                    "is no mapping",
                    f"add {NAMESPACE}machine and {NAMESPACE}groups under it",
                )
            )
            return
        ours = {key.removeprefix(NAMESPACE): value for key, value in config.items() if _is_ours(key, value)}
        if "name" in ours:
            line = document.line(("config", f"{NAMESPACE}name"))
            self.faults.append(Fault(document.source, line, "name", *_SAID))
        stack, faults = validate(Stack, {**ours, "name": name}, document, ("config",), strip=NAMESPACE)
        self.faults += faults
        if stack is not None:
            self._stacks[name] = stack

    def read_group(self, file: Path) -> None:
        name = file.stem
        document = self._read(file)
        first = self.group_documents.setdefault(name, document)
        if first is not document:
            self.faults.append(
                Fault(
                    document.source, 1, "", f'the name "{name}" is taken by {first.source}', "rename one of the files"
                )
            )
            return
        if document.value is None:
            return
        self.faults += [
            Fault(document.source, document.line((key,)), key, *_SAID) for key in _SAID_BY_PLACE & document.value.keys()
        ]

    def check_groups(self) -> None:
        """Makes groups of the documents once all are read, since one may extend another."""
        whole, faults = extend_all(self.group_documents)
        self.faults += faults
        for name, document in whole.items():
            self.group_documents[name] = document
            place = {"name": name, "system": Path(document.source).parent.name}
            group, faults = validate(ContainerGroup, {**document.value, **place}, document)
            self.faults += faults
            if group is not None:
                self._groups[name] = group

    def note_misplaced(self) -> None:
        """A YAML file under groups/ that nobody reads is somebody's mistake."""
        read = {document.source for document in self.group_documents.values()}
        for file in sorted(self._root.glob("groups/**/*.y*ml")):
            source = str(file.relative_to(self._root))
            if source not in read and not file.match(_GROUP_FILES):
                remedy = f"move it to groups/<system>/{file.stem}.yaml"
                self.faults.append(Fault(source, None, "", "is not read where it lies", remedy))

    def project(self) -> Project:
        bases = MappingProxyType(dict(image_bases(self._root)))
        fleet = Fleet(MappingProxyType(self._stacks), MappingProxyType(self._groups), ImageContents(self._root), bases)
        return Project(self._root, fleet, Sources(self.stack_documents, self.group_documents))

    def _read(self, file: Path) -> Document:
        source = str(file.relative_to(self._root))
        document, faults = read_document(file, source, self._texts.get(source))
        prefix = f"config.{NAMESPACE}"
        self.faults += [replace(fault, path=fault.path.removeprefix(prefix)) for fault in faults]
        return document


def _is_ours(key: str, value: object) -> bool:
    """Whether a key of `config` is for us: in our namespace, and no secret that only Pulumi can read."""
    return key.startswith(NAMESPACE) and not (isinstance(value, dict) and value.keys() == {"secure"})
