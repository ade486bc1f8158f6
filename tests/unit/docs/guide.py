"""A reader who follows a document: writes its blocks into a copy of the shipped project, in order."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import yaml

from fleet.load.project import Project, load_project
from tests.unit.docs.markdown import ROOT, Piece, blocks

CONVENTION = (
    "begin it with a comment that names its file: `# groups/assistant/my-group.yaml` or `# Pulumi.pc3.yaml` for a "
    "whole file, `# Pulumi.pc2.yaml, added at the end` for lines that a file gets, `# Pulumi.pc2.yaml, without these "
    "lines` for lines that it loses"
)
_NAMED = re.compile(
    r"^# (?P<file>Pulumi\.[a-z][a-z0-9-]*\.yaml|groups/[a-z0-9-]+/[a-z0-9-]+\.yaml|settings/[a-z0-9/-]+\.yaml)"
    r"(?P<change>, added at the end|, without these lines)?$"
)
_HOME = "Pulumi.mainpc.yaml"
"""Where a group runs that no stack of the document names."""


def follow(document: Path, folder: Path) -> Path:
    """The project as a reader has it after all YAML blocks of a document."""
    copy_shipped(folder)
    groups = [write(block, folder) for block in blocks(document, "yaml")]
    _give_homes([file for file in groups if file.parent.parent.name == "groups"], folder)
    return folder


def copy_shipped(folder: Path) -> None:
    """Copies every stack and group that is shipped."""
    for file in [*ROOT.glob("Pulumi.*.yaml"), *ROOT.glob("groups/*/*.yaml")]:
        target = folder / file.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)


def write(block: Piece, folder: Path) -> Path:
    """Writes one block into place; fails for a block that names no file."""
    named = _NAMED.match(block.text.partition("\n")[0])
    assert named, f"{block.place}: this YAML block does not say what file it is; {CONVENTION}"
    file = folder / named["file"]
    lines = block.text.partition("\n")[2]
    if named["change"]:
        assert file.is_file(), f"{block.place}: {named['file']} is not shipped, so nothing can be changed in it"
        before = file.read_text(encoding="utf-8").rstrip("\n") + "\n"
        if named["change"] == ", added at the end":
            after = before + lines
        else:
            assert before.count(lines) == 1, f"{block.place}: {named['file']} has {before.count(lines)} times:\n{lines}"
            after = before.replace(lines, "")
        file.write_text(after, encoding="utf-8")
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block.text, encoding="utf-8")
    return file


def _give_homes(files: list[Path], folder: Path) -> None:
    stacks = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in folder.glob("Pulumi.*.yaml")]
    placed = {name for stack in stacks for name in stack["config"]["fleet:groups"]}
    homeless = [file.stem for file in files if file.stem not in placed]
    home = folder / _HOME
    lines = "".join(f"    - {name}\n" for name in homeless)
    text = home.read_text(encoding="utf-8")
    home.write_text(text.replace("  fleet:groups:\n", f"  fleet:groups:\n{lines}"), encoding="utf-8")


def loaded(document: Path, folder: Path) -> Project:
    """The project after a document, loaded and judged."""
    return load_project(follow(document, folder))
