"""Reads files of the project that are copied into containers: regular ones inside the project, of a bounded size."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from fleet.source.redaction import shown
from fleet.source.secrets import spans
from fleet.source.text_file import UnreadableError

FILE_BYTES_MAX = 512 * 1024
"""Size of one file. Settings are smaller; a ConfigMap takes 1 MiB in total."""

FILES_MAX = 100
"""Number of files in a folder."""

NAME_IN_CONTAINER = r"[A-Za-z0-9._@+-]+"
"""Part of a path: of characters that a Dockerfile takes literally."""


def read_files(root: Path, source: str) -> Mapping[str, bytes]:
    """Path below a source -> content; of a single file, the path is empty.

    source: a file or folder, relative to the project's folder `root`. Raises UnreadableError.
    """
    place = root
    for part in source.split("/"):
        place /= part
        _ensure_no_link(place, root)
    if not place.is_dir():
        return {"": _content(place, root)}
    files = {f"/{file.relative_to(place).as_posix()}": _content(file, root) for file in _inside(place, root)}
    if not files:
        raise UnreadableError(problem="is an empty folder", remedy="name a file, or a folder with files")
    return files


def secret_in(content: bytes) -> tuple[int, str] | None:
    """1-based line and kind of the first credential in a file."""
    text = content.decode("utf-8", "replace")
    found = min(spans(text), default=None)
    return (text.count("\n", 0, found[0]) + 1, found[2]) if found else None


def _inside(folder: Path, root: Path) -> Iterator[Path]:
    files = 0
    for file in sorted(folder.rglob("*")):
        _ensure_no_link(file, root)
        if file.is_dir():
            continue
        files += 1
        if files > FILES_MAX:
            raise UnreadableError(problem=f"has more than {FILES_MAX} files", remedy="build an image with them")
        if not all(re.fullmatch(NAME_IN_CONTAINER, part) for part in file.relative_to(folder).parts):
            name = shown(file.relative_to(folder).as_posix())
            problem = f"has a file {name} with other characters than letters, digits and ._@+-"
            raise UnreadableError(problem=problem, remedy="rename it")
        yield file


def _ensure_no_link(place: Path, root: Path) -> None:
    if place.is_symlink():
        name = shown(place.relative_to(root).as_posix())
        raise UnreadableError(problem=f"has a link ({name})", remedy="put the file itself there")


def _content(file: Path, root: Path) -> bytes:
    name = shown(file.relative_to(root).as_posix())
    remedy = "make it a readable file"
    try:
        size = file.stat().st_size
        if not file.is_file():
            raise UnreadableError(problem=f"cannot be read ({name} is not a regular file)", remedy=remedy)
        if size > FILE_BYTES_MAX:
            problem = f"has {size} bytes in {name}, more than {FILE_BYTES_MAX}"
            raise UnreadableError(problem=problem, remedy="build an image with it, or keep it in a volume")
        return file.read_bytes()
    except OSError as error:
        raise UnreadableError(problem=f"cannot be read ({error.strerror})", remedy=remedy) from None
