"""Reads a project's stack and group files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from fleet.checks import check_fleet
from fleet.image_digests import LOCKS, ImageContents, dockerfiles
from fleet.load.extends import extend_all
from fleet.load.stack_keys import ensure_config_keys_are_known
from fleet.load.validate import unknown_key, validate
from fleet.model import ContainerGroup, Fleet, Stack
from fleet.source.document import Document, read_document
from fleet.source.faults import ConfigurationError, Fault
from fleet.source.image_locks import read_locks
from fleet.source.locations import NAMESPACE, Sources, config_path, stack_data

_STACK_FILES = "Pulumi.*.yaml"
_GROUP_FILES = "groups/*/*.yaml"
_STACK_KEYS = ("config", "encryptionsalt", "encryptedkey", "secretsprovider", "environment")
"""Top-level keys of a Pulumi stack file; Pulumi alone uses those other than `config`."""

_FROM_PATH = ("is set by the file's path", "remove it")


@dataclass(frozen=True, slots=True)
class Project:
    """A loaded project: the fleet, and the files of its values."""

    root: Path
    fleet: Fleet
    sources: Sources


_kept: dict[Path, Project] = {}


def keep_project(root: Path) -> None:
    """Loads a project once for the rest of this process, for one that runs several programs of unchanged files.

    Raises ConfigurationError.
    """
    _kept[root] = load_project(root)


def load_project(root: Path, texts: Mapping[str, str] = MappingProxyType({})) -> Project:
    """Loads and checks every `Pulumi.<stack>.yaml` and `groups/<system>/<group>.yaml` below root.

    texts: file, relative to root -> text to use in place of its content. Needs no passphrase, login or engine. Raises
    ConfigurationError with every fault of every file.
    """
    if root in _kept and not texts:
        return _kept[root]
    reading = _Reading(root, texts)
    for file in sorted(root.glob(_STACK_FILES)):
        reading.read_stack(file)
    for file in sorted(root.glob(_GROUP_FILES)):
        reading.read_group(file)
    reading.check_groups()
    reading.note_misplaced()
    if not reading.stack_documents:
        remedy = "run from the project's folder, or add a stack file"
        reading.faults.append(Fault(str(root), None, "", "has no Pulumi.<stack>.yaml", remedy))
    project = reading.project()
    if faults := [*reading.faults, *check_fleet(project.fleet, project.sources)]:
        raise ConfigurationError(faults)
    return project


class _Reading:
    """The files read so far. Invalid ones are reported and left out, so that the others are still checked."""

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
        unknown = [key for key in document.value if key not in _STACK_KEYS]
        self.faults += [unknown_key(document.place((key,)), (key,), _STACK_KEYS) for key in unknown]
        if not isinstance(document.value.get("config"), dict):
            remedy = f"add {NAMESPACE}machine and {NAMESPACE}groups under it"
            self.faults.append(Fault(*document.place(("config",)), "config", "is not a mapping", remedy))
            return
        data = stack_data(document)
        if "name" in data:
            self.faults.append(Fault(*document.place(config_path(("name",))), "name", *_FROM_PATH))
        stack, faults = validate(Stack, {**data, "name": name}, document, config_path)
        unknown = list(ensure_config_keys_are_known(document))
        self.faults += [*unknown, *faults]
        if stack is not None and not unknown:
            self._stacks[name] = stack

    def read_group(self, file: Path) -> None:
        name = file.stem
        document = self._read(file)
        first = self.group_documents.setdefault(name, document)
        if first is not document:
            problem = f'the name "{name}" is already used by {first.source}'
            self.faults.append(Fault(document.source, 1, "", problem, "rename one of the files"))
        elif document.value is not None:
            keys = {"name", "system"} & document.value.keys()
            self.faults += [Fault(*document.place((key,)), key, *_FROM_PATH) for key in keys]

    def check_groups(self) -> None:
        """Validates the groups once all are read, since one may extend another."""
        merged, faults = extend_all(self.group_documents)
        self.faults += faults
        self.group_documents |= merged
        for name, document in merged.items():
            from_path = {"name": name, "system": Path(document.source).parent.name}
            group, faults = validate(ContainerGroup, {**document.value, **from_path}, document)
            self.faults += faults
            if group is not None:
                self._groups[name] = group

    def note_misplaced(self) -> None:
        """Reports YAML files below groups/ that are not group files."""
        read = {document.source for document in self.group_documents.values()}
        for file in sorted(self._root.glob("groups/**/*.y*ml")):
            source = str(file.relative_to(self._root))
            if source not in read and not file.match(_GROUP_FILES):
                remedy = f"move it to groups/<system>/{file.stem}.yaml"
                self.faults.append(Fault(source, None, "", "is not read from this folder", remedy))

    def project(self) -> Project:
        fleet = Fleet(
            MappingProxyType(self._stacks),
            MappingProxyType(self._groups),
            ImageContents(self._root),
            MappingProxyType(dict(dockerfiles(self._root))),
            MappingProxyType(dict(read_locks(self._root / LOCKS))),
        )
        return Project(self._root, fleet, Sources(self.stack_documents, self.group_documents))

    def _read(self, file: Path) -> Document:
        source = str(file.relative_to(self._root))
        document, faults = read_document(file, source, self._texts.get(source))
        self.faults += [replace(fault, path=fault.path.removeprefix(f"config.{NAMESPACE}")) for fault in faults]
        return document
