"""Writes and replaces the user's files: whole, or not at all.

A file is written next to its destination and then moved there, so that a full disk or a killed run leaves the old one.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from cli.interrupts import cleaned_up
from cli.terminal import UserError, project_root
from fleet.image_digests import context_files

_HEAD = 300
"""Characters searched for a mark."""

_LISTING = ".fleet-export"
"""Names the files that an export copied."""

_ANOTHER_PATH = "choose another path with -o"

_YAML = (".yaml", ".yml")

Content = bytes | Path
"""A file's bytes, or the file to copy, with its mode."""


def write_files(files: Mapping[Path, Content], fix: str, *, new: bool = False) -> None:
    """Writes files; none if one cannot be written. Raises UserError, which ends with `fix`.

    new: existing files are refused too.
    """
    pending = _Pending()
    try:
        with cleaned_up(pending.remove):
            try:
                for file, content in files.items():
                    pending.stage(file, content)
                pending.move(new=new)
            finally:
                pending.remove()
            for file in filter(_is_special, files):
                _write_through(file, files[file])
    except OSError as error:
        problem = (
            "already exists" if new and isinstance(error, FileExistsError) else f"cannot be written ({error.strerror})"
        )
        msg = f"{error.filename}: {problem}; {fix}"
        raise UserError(msg) from None


def write_tree(folder: Path, files: Mapping[str, str], mark: str, *, source: str = "", only: bool = False) -> None:
    """Writes files (path below the folder -> text). Raises UserError if one cannot be written, or is not of `mark`.

    source: follows the mark; files of another source are refused too. only: other YAML files of the folder that begin
    with the mark are deleted.
    """
    ensure_ours(folder, files, mark)
    if source:
        with _reported(folder):
            _ensure_of_source(
                sorted(folder.rglob("*.yaml")) if only else [folder / name for name in files], mark, source
            )
    _ensure_not_configuration([folder / name for name in files])
    write_files(
        {folder / name: text.encode("utf-8", "backslashreplace") for name, text in files.items()}, _ANOTHER_PATH
    )
    with _reported(folder):
        # Files of an earlier export would be applied too.
        for file in sorted(folder.rglob("*.yaml")) if only else ():
            if str(file.relative_to(folder)) not in files and mark in _head(file):
                file.unlink()


def ensure_ours(folder: Path, files: Mapping[str, str], mark: str) -> None:
    """Raises UserError with every existing file that `mark` shows to be somebody else's.

    A text that cannot carry the mark is ours if another file does.
    """
    with _reported(folder):
        heads = {name: _head(folder / name) for name in files if (folder / name).is_file()}
    ours = any(mark in head for head in heads.values())
    others = [name for name, head in heads.items() if head and mark not in head]
    refused = [str(folder / name) for name in others if not ours or mark in files[name][:_HEAD]]
    if refused:
        msg = f"{', '.join(refused)}: not written by this command, so not overwritten; {_ANOTHER_PATH}, or remove it"
        raise UserError(msg)


def _ensure_of_source(files: Sequence[Path], mark: str, source: str) -> None:
    """Raises UserError if one of the files has the mark and another source."""
    heads = {str(file): _head(file) for file in files if file.is_file()}
    others = [name for name, head in heads.items() if mark in head and source not in head]
    if others:
        more = f" and {len(others) - 1} more" if len(others) > 1 else ""
        msg = f"{others[0]}{more}: exported from another stack, so not overwritten; {_ANOTHER_PATH}, or remove it"
        raise UserError(msg)


def _ensure_not_configuration(files: Sequence[Path]) -> None:
    """Raises UserError for files that fleet would read as its configuration from then on."""
    root = Path(project_root()).resolve()
    for file in files:
        real = file.resolve()
        in_groups = real.is_relative_to(root / "groups")
        if real.suffix.lower() in _YAML and (in_groups or (real.parent == root and real.name.startswith("Pulumi."))):
            msg = f"{file}: fleet would read it as {'a group' if in_groups else 'a stack'}; {_ANOTHER_PATH}"
            raise UserError(msg)


def copy_tree(folder: Path, root: Path, parts: Sequence[str]) -> None:
    """Copies folders of the project below another folder, with the files' modes. Raises UserError if it cannot.

    A list of the copies is kept there: a file that is gone from the project is deleted, others are left alone.
    """
    with _reported(folder):
        if folder.resolve() == root.resolve():
            return
        listing = folder / _LISTING
        names = [str(file.relative_to(root)) for part in parts for file in context_files(root / part)]
        before = listing.read_text("utf-8").splitlines() if listing.is_file() else []
        foreign = [name for name in set(names) - set(before) if _differ(root / name, folder / name)]
    if foreign:
        paths = ", ".join(str(folder / name) for name in sorted(foreign))
        msg = f"{paths}: not copied by this command, so not overwritten; {_ANOTHER_PATH}, or remove it"
        raise UserError(msg)
    if not names and not before:
        return
    copies: dict[Path, Content] = {folder / name: root / name for name in names}
    write_files({**copies, listing: "".join(f"{name}\n" for name in names).encode()}, _ANOTHER_PATH)
    with _reported(folder):
        for name in set(before) - set(names):
            (folder / name).unlink(missing_ok=True)


def replace_file(file: Path, before: bytes, after: bytes) -> None:
    """Replaces a file's contents. Raises UserError if it no longer holds `before` or cannot be written.

    Of several processes that replace the same contents at once, one succeeds.
    """
    # Replaces the target of a symbolic link, not the link.
    real = file.resolve()
    try:
        with _locked(real):
            if real.read_bytes() != before:
                msg = f"{file.name}: changed while fleet was running; review it and try again"
                raise UserError(msg)
            write_files({real: after}, "make it and its folder writable, and free space")
    except OSError as error:
        msg = f"{file.name}: cannot be read ({error.strerror}); make it readable"
        raise UserError(msg) from None


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Holds a lock of a file that its holders replace."""
    import fcntl

    while True:
        with file.open("rb") as opened:
            fcntl.flock(opened, fcntl.LOCK_EX)
            # A holder before may have replaced it.
            if os.path.samestat(os.fstat(opened.fileno()), file.stat()):
                yield
                return


@contextmanager
def _reported(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        msg = f"{error.filename or folder}: cannot be written ({error.strerror}); {_ANOTHER_PATH}"
        raise UserError(msg) from None


def _head(file: Path) -> str:
    with file.open(encoding="utf-8", errors="replace") as opened:
        return opened.read(_HEAD)


def _differ(source: Path, copy: Path) -> bool:
    if source.is_symlink() or copy.is_symlink():
        return copy.is_symlink() and (not source.is_symlink() or source.readlink() != copy.readlink())
    return copy.exists() and (not copy.is_file() or source.read_bytes() != copy.read_bytes())


def _is_special(file: Path) -> bool:
    """Whether it is a device or a pipe, such as /dev/stdout: nothing replaces these."""
    return file.exists() and not file.is_file() and not file.is_dir()


class _Pending:
    """Files next to their destinations. Errors name the destination."""

    def __init__(self) -> None:
        self._staged: dict[Path, Path] = {}
        self._created: list[Path] = []
        """Folders, and new files in place, to remove unless everything succeeds."""

    def stage(self, file: Path, content: Content) -> None:
        """Writes a file that is not in place yet, with the mode of what it replaces or copies."""
        if file.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(file))
        if file.exists() and not os.access(file, os.W_OK):
            # The move would succeed in a folder that is writable.
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(file))
        if _is_special(file):
            return
        # Replaces the target of a symbolic link, not the link; a copy replaces either.
        real = file if isinstance(content, Path) else file.resolve()
        with _naming(real):
            missing = [each for each in real.parents if not each.exists()]
            self._created += missing[::-1]
            real.parent.mkdir(parents=True, exist_ok=True)
            self._staged[real] = real.with_name(f".{secrets.token_hex(8)}.tmp")
            _write(self._staged[real], content)
            if isinstance(content, bytes) and real.exists():
                found = real.stat()
                self._staged[real].chmod(stat.S_IMODE(found.st_mode))
                with suppress(OSError):
                    os.chown(self._staged[real], found.st_uid, found.st_gid)

    def move(self, *, new: bool) -> None:
        """Moves every file into place. new: raises FileExistsError if there is one."""
        for real, temporary in self._staged.items():
            with _naming(real):
                if new:
                    _link(temporary, real)
                    self._created.append(real)
                else:
                    temporary.replace(real)
        self._created.clear()

    def remove(self) -> None:
        """Removes what is not in place."""
        for temporary in self._staged.values():
            temporary.unlink(missing_ok=True)
        for path in reversed(self._created):
            # A folder only if it is empty.
            with suppress(OSError):
                path.rmdir() if path.is_dir() else path.unlink()


def _link(temporary: Path, real: Path) -> None:
    """Unlike a move, fails if somebody else was faster."""
    try:
        real.hardlink_to(temporary)
    except FileExistsError:
        raise
    except OSError:
        # A file system without links.
        if real.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        temporary.replace(real)


@contextmanager
def _naming(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(file)) from None


def _write(file: Path, content: Content) -> None:
    if isinstance(content, Path):
        shutil.copy(content, file, follow_symlinks=False)
        return
    with file.open("xb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


def _write_through(file: Path, content: Content) -> None:
    with _naming(file), file.open("wb") as opened:
        opened.write(content if isinstance(content, bytes) else content.read_bytes())
