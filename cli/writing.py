"""Files of its user's that a command makes or changes."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile

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


def replace_file(file: Path, before: bytes, after: bytes) -> None:
    """Puts new contents in place of a file's at once: whoever reads it sees the old ones or the new ones, whole.

    Raises UserError where the file is not what it was any more, or cannot be written; it is then left alone.
    """
    # What a link points at is changed, and stays linked.
    real = file.resolve()
    try:
        with NamedTemporaryFile(dir=real.parent, prefix=f".{real.name}.", delete=False) as temporary:
            new = Path(temporary.name)
            try:
                temporary.write(after)
                temporary.flush()
                shutil.copymode(real, new)
                if real.read_bytes() != before:
                    msg = f"{file.name}: was changed by somebody else meanwhile; look at it, and try again"
                    raise UserError(msg)
                new.replace(real)
            finally:
                new.unlink(missing_ok=True)
    except OSError as error:
        msg = f"{file.name}: cannot be written ({error.strerror}); make it and its folder writable"
        raise UserError(msg) from None


def _head(file: Path) -> str:
    with file.open(encoding="utf-8", errors="replace") as text:
        return text.read(_HEAD)
