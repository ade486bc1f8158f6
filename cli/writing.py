"""Files that a command makes in a folder of its user's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cli.terminal import UserError

_HEAD = 300
"""Characters of a file that are looked at for a mark."""


def write_tree(folder: Path, files: Mapping[str, str], mark: str = "") -> None:
    """Writes files by their path below a folder. With a mark, files there that bear it and are none of these go.

    Raises UserError where something cannot be written.
    """
    try:
        for name, text in files.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        # What is left of an earlier export would be applied too.
        for file in sorted(folder.rglob("*.yaml")) if mark else ():
            if str(file.relative_to(folder)) not in files and mark in _head(file):
                file.unlink()
    except OSError as error:
        msg = f"{error.filename or folder}: cannot be written ({error.strerror}); choose another folder with -o"
        raise UserError(msg) from None


def _head(file: Path) -> str:
    with file.open(encoding="utf-8", errors="replace") as text:
        return text.read(_HEAD)
