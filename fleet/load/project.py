"""Reads a project's stack and group files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from fleet.checks import check_texts, check_values
from fleet.image_digests import LOCKS, ImageContents, dockerfiles
from fleet.load.env_files import add_env_files
from fleet.load.extends import extend_all
from fleet.load.project_file import NAME as PROJECT_FILE
from fleet.load.project_file import ensure_the_project_can_run
from fleet.load.stack_keys import (
    ensure_config_keys_are_known,
    ensure_default_providers_are_off,
    ensure_groups_are_listed,
    ensure_keys_are_in_clear,
)
from fleet.load.validate import Checked, check, check_fragment, unknown_key
from fleet.model import ContainerGroup, Fleet, Stack
from fleet.model.group import EXTENDS
from fleet.source.dockerfile import Dockerfile, read_dockerfile
from fleet.source.document import Document, read_document
from fleet.source.faults import ConfigurationError, Fault
from fleet.source.image_locks import read_locks
from fleet.source.locations import NAMESPACE, Sources, config_path, stack_data
from fleet.source.text_file import UnreadableError, read_text

_STACK_FILES = "Pulumi.*.yaml"
_MISNAMED_STACK = re.compile(r"pulumi\.(?!ya?ml$)(.+)\.ya?ml", re.IGNORECASE)
"""Names that people give a stack file, which neither Pulumi nor we read: other endings, and other letters."""
_GROUP_FILES = "groups/*/*.yaml"
_STACK_KEYS = ("config", "encryptionsalt", "encryptedkey", "secretsprovider", "environment")
"""Top-level keys of a Pulumi stack file; Pulumi alone uses those other than `config`."""

_PIVOTAL = frozenset(
    (
        *("class", "gpus", "groups", "mode", "modes", "node_pools", "sandbox", "stand_ins", "target", "tenant"),
        "without_gpu",
    )
)
"""Keys that change the meaning of most others: a file that lacks the value of one is not checked against others."""

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
    reading.read_project_file()
    for file in sorted(root.glob(_STACK_FILES)):
        reading.read_stack(file)
    for file in _visible(root, _GROUP_FILES):
        reading.read_group(file)
    reading.check_groups()
    reading.note_misplaced()
    if not reading.stack_documents:
        remedy = "run from the project's folder, or add a stack file"
        reading.faults.append(Fault(str(root), None, "", "has no Pulumi.<stack>.yaml", remedy))
    project = reading.project()
    of_texts, of_values = check_texts(project.fleet, project.sources), reading.cross_faults(project)
    if reading.faults or of_texts or of_values:
        raise ConfigurationError(_of_one_cause(of_texts, reading.faults, of_values))
    return project


def _visible(root: Path, pattern: str) -> list[Path]:
    """Files of a pattern without hidden ones, such as an editor's locks and the metadata of macOS."""
    found = sorted(root.glob(pattern))
    return [file for file in found if not any(part.startswith(".") for part in file.relative_to(root).parts)]


def _of_one_cause(of_texts: list[Fault], single: list[Fault], of_values: list[Fault]) -> list[Fault]:
    """The faults of one cause at each place.

    A secret or an invisible character is why a value is invalid, and an invalid value is why it fits no other.
    """
    reported = {fault.place for fault in of_texts}
    invalid = [fault for fault in single if fault.place not in reported]
    reported.update(fault.place for fault in single)
    return [*of_texts, *invalid, *(fault for fault in of_values if fault.place not in reported)]


def _of_file_name(fault: Fault) -> Fault:
    """A fault of `name` or `system`, which are no keys, as one of the file's name."""
    if fault.path not in ("name", "system"):
        return fault
    kind = "file" if fault.path == "name" else "folder"
    problem, remedy = f"its {kind}'s name {fault.problem}", f"rename the {kind}; {fault.remedy}"
    return replace(fault, line=None, path="", problem=problem, remedy=remedy)


def _without_figures(fault: Fault) -> Fault:
    return replace(fault, detail=()) if fault.detail else fault


class _Reading:
    """The files read so far. Invalid ones are reported and left out, so that the others are still checked."""

    def __init__(self, root: Path, texts: Mapping[str, str]) -> None:
        self._root = root
        self._texts = texts
        self._stacks: dict[str, tuple[Stack, ...]] = {}
        self._groups: dict[str, tuple[ContainerGroup, ...]] = {}
        self._removed: set[str] = set()
        self._unread: set[str] = set()
        self.stack_documents: dict[str, Document] = {}
        self.group_documents: dict[str, Document] = {}
        self.faults: list[Fault] = []

    def read_project_file(self) -> None:
        """Checks `Pulumi.yaml`; a copy of the files may lack it."""
        file = self._root / PROJECT_FILE
        if file.exists() or file.is_symlink():
            self.faults += ensure_the_project_can_run(self._read(file))

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
        unknown = list(ensure_config_keys_are_known(document))
        unread = list(ensure_keys_are_in_clear(document))
        self.faults += [*unknown, *unread]
        if ("config",) not in document.duplicates:
            self.faults += ensure_default_providers_are_off(document)
            # An unknown key may be meant for it.
            self.faults += [] if unknown else ensure_groups_are_listed(document)
        checked = check(Stack, {**data, "name": name}, document, config_path)
        if unread:
            # They seem to be missing.
            paths = {fault.path for fault in unread}
            checked = replace(checked, faults=[fault for fault in checked.faults if fault.path not in paths])
        if unknown or unread:
            # An unknown key may be meant for any of ours, such as `fleet:groups`.
            checked = replace(checked, models=())
        self._note(name, checked, self._stacks)

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
        for name in self.group_documents.keys() - merged.keys():
            # Its base is invalid, which is reported: what else it says itself is checked.
            document = self.group_documents[name]
            if document.value is not None:
                found = check_fragment(ContainerGroup, document.value, document)
                self.faults += [fault for fault in found if fault.path != EXTENDS]
        self.group_documents |= merged
        for name, extended in merged.items():
            document, unread = add_env_files(extended, self._read_text)
            self.faults += unread
            self.group_documents[name] = document
            from_path = {"name": name, "system": Path(document.source).parent.name}
            checked = check(ContainerGroup, {**document.value, **from_path}, document)
            self._note(name, checked, self._groups)

    def note_misplaced(self) -> None:
        """Reports YAML files that look like stack or group files and are not read. Nothing misses their content."""
        for file in sorted(self._root.iterdir()) if self._root.is_dir() else ():
            found = _MISNAMED_STACK.fullmatch(file.name)
            if found and not (file.name.startswith("Pulumi.") and file.name.endswith(".yaml")):
                self.faults.append(Fault(file.name, None, "", "is not read", f"rename it to Pulumi.{found[1]}.yaml"))
                self.stack_documents.setdefault(found[1], Document(file.name, None, {}))
        read = {document.source for document in self.group_documents.values()}
        for file in _visible(self._root, "groups/**/*.*"):
            source = str(file.relative_to(self._root))
            if file.suffix.lower() in (".yaml", ".yml") and source not in read and not file.match(_GROUP_FILES):
                in_place = file.match("groups/*/*")
                where = f"groups/{file.parent.name if in_place else '<system>'}/{file.stem}.yaml"
                problem, verb = ("is not read", "rename") if in_place else ("is not read from this folder", "move")
                self.faults.append(Fault(source, None, "", problem, f"{verb} it to {where}"))
                self.group_documents.setdefault(file.stem, Document(source, None, {}))

    def project(self) -> Project:
        fleet = Fleet(
            MappingProxyType({name: models[0] for name, models in self._stacks.items()}),
            MappingProxyType({name: models[0] for name, models in self._groups.items()}),
            ImageContents(self._root),
            MappingProxyType(self._dockerfiles()),
            MappingProxyType(dict(read_locks(self._root / LOCKS))),
        )
        return Project(self._root, fleet, Sources(self.stack_documents, self.group_documents))

    def _dockerfiles(self) -> dict[str, Dockerfile]:
        found: dict[str, Dockerfile] = {}
        for folder, file in dockerfiles(self._root).items():
            try:
                found[folder] = read_dockerfile(read_text(file, errors="replace"))
            except UnreadableError as error:
                source = str(file.relative_to(self._root))
                self.faults.append(Fault(source, error.line, "", error.problem, error.remedy))
                # It has no base that others could name or miss.
                found[folder] = Dockerfile({}, ())
        return found

    def cross_faults(self, project: Project) -> list[Fault]:
        """Faults between files: those that hold whatever the invalid values were meant to be."""
        faults = check_values(project.fleet, project.sources)
        if all(len(models) == 1 for models in (*self._stacks.values(), *self._groups.values())):
            return faults
        stacks = {name: models[-1] for name, models in self._stacks.items()}
        groups = {name: models[-1] for name, models in self._groups.items()}
        other = replace(project.fleet, stacks=MappingProxyType(stacks), groups=MappingProxyType(groups))
        others = {_without_figures(fault): fault for fault in check_values(other, project.sources)}
        common = []
        for fault in faults:
            whole = _without_figures(fault)
            if whole in others and not self._names_a_removed_key(fault):
                # Figures with a stand-in would mislead.
                common.append(fault if fault == others[whole] else whole)
        return common

    def _names_a_removed_key(self, fault: Fault) -> bool:
        if not self._removed:
            return False
        words = re.findall(r"[\w-]+", fault.problem)
        return not self._removed.isdisjoint(words)

    def _note(self, name: str, checked: Checked[Any], models: dict[str, Any]) -> None:
        found = [_of_file_name(fault) for fault in checked.faults]
        # A value that could not be read, such as one with a tag, has no second fault.
        self.faults += [fault for fault in found if fault.place not in self._unread]
        if checked.models and not any(key in _PIVOTAL for path in checked.lost for key in path[-2:]):
            models[name] = checked.models
            self._removed |= {str(path[-1]) for path in checked.removed}

    def _read_text(self, source: str) -> str:
        """Text of another file of the project. Raises UnreadableError."""
        return self._texts[source] if source in self._texts else read_text(self._root / source)

    def _read(self, file: Path) -> Document:
        source = str(file.relative_to(self._root))
        document, faults = read_document(file, source, self._texts.get(source))
        faults = [replace(fault, path=fault.path.removeprefix(f"config.{NAMESPACE}")) for fault in faults]
        self.faults += faults
        self._unread |= {fault.place for fault in faults}
        return document
