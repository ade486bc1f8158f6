"""Writes and replaces the user's files."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile

from cli.terminal import UserError
from fleet.image_digests import context_files

_HEAD = 300
"""Characters searched for a mark."""

_LISTING = ".fleet-export"
"""Names the files that an export copied."""


def write_tree(folder: Path, files: Mapping[str, str], mark: str = "") -> None:
    """Writes files (path below the folder -> text). Raises UserError if one cannot be written.

    mark: other YAML files of the folder that begin with it are deleted.
    """
    try:
        for name, text in files.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        # Files of an earlier export would be applied too.
        for file in sorted(folder.rglob("*.yaml")) if mark else ():
            if str(file.relative_to(folder)) not in files and mark in file.read_text("utf-8", "replace")[:_HEAD]:
                file.unlink()
    except OSError as error:
        msg = f"{error.filename or folder}: cannot be written ({error.strerror}); choose another path with -o"
        raise UserError(msg) from None


def copy_tree(folder: Path, root: Path, parts: Sequence[str]) -> None:
    """Copies folders of the project below another folder, with the files' modes. Raises UserError if it cannot.

    A list of the copies is kept there: a file that is gone from the project is deleted, others are left alone.
    """
    listing = folder / _LISTING
    try:
        if folder.resolve() == root.resolve():
            return
        files = [str(file.relative_to(root)) for part in parts for file in context_files(root / part)]
        before = listing.read_text("utf-8").splitlines() if listing.is_file() else []
        for name in files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / name, folder / name, follow_symlinks=False)
        for name in set(before) - set(files):
            (folder / name).unlink(missing_ok=True)
        if files or before:
            listing.write_text("".join(f"{name}\n" for name in files), encoding="utf-8")
    except OSError as error:
        msg = f"{error.filename or folder}: cannot be written ({error.strerror}); choose another path with -o"
        raise UserError(msg) from None


def replace_file(file: Path, before: bytes, after: bytes) -> None:
    """Replaces a file's contents atomically. Raises UserError if it no longer holds `before` or cannot be written."""
    # Replaces the target of a symbolic link, not the link.
    real = file.resolve()
    try:
        with NamedTemporaryFile(dir=real.parent, prefix=f".{real.name}.", delete=False) as temporary:
            new = Path(temporary.name)
            try:
                temporary.write(after)
                temporary.flush()
                shutil.copymode(real, new)
                if real.read_bytes() != before:
                    msg = f"{file.name}: changed while fleet was running; review it and try again"
                    raise UserError(msg)
                new.replace(real)
            finally:
                new.unlink(missing_ok=True)
    except OSError as error:
        msg = f"{file.name}: cannot be written ({error.strerror}); make it and its folder writable"
        raise UserError(msg) from None
