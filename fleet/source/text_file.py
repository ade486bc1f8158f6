"""Reads a text file of the project: regular, UTF-8, of a sensible size and free of control characters."""

from __future__ import annotations

import re
import stat
from pathlib import Path

_BYTES_MAX = 4_000_000
"""Size of one file: the longest real ones have some thousand lines."""

_REFUSED = re.compile(r"[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""What YAML 1.2 does not allow, and U+0085, U+2028 and U+2029: parsers of 1.1 read these as line breaks."""

_WIDE_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


class UnreadableError(Exception):
    """The file holds no text to parse. problem, remedy and 1-based line are those of a fault."""

    def __init__(self, *, problem: str, remedy: str, line: int | None = None) -> None:
        super().__init__(problem)
        self.problem, self.remedy, self.line = problem, remedy, line


def read_text(file: Path, errors: str = "strict") -> str:
    """The text, without a byte order mark. Raises UnreadableError, and never waits for a pipe or a device."""
    remedy = "make it a readable UTF-8 text file"
    try:
        info = file.stat()
        if not stat.S_ISREG(info.st_mode):
            problem = "is a folder" if stat.S_ISDIR(info.st_mode) else "is not a regular file"
            raise UnreadableError(problem=f"cannot be read (it {problem})", remedy=remedy)
        if info.st_size > _BYTES_MAX:
            problem = f"has {info.st_size} bytes, more than {_BYTES_MAX}"
            raise UnreadableError(problem=problem, remedy="split it, or remove what is unused")
        content = file.read_bytes()
    except OSError as error:
        # The whole error holds the absolute path.
        raise UnreadableError(problem=f"cannot be read ({error.strerror})", remedy=remedy) from None
    try:
        return content.decode("utf-8-sig", errors)
    except UnicodeDecodeError as error:
        found = _WIDE_MARKS.get(content[:2]) or f"byte {content[error.start]:#04x} at offset {error.start}"
        line = content.count(b"\n", 0, error.start) + 1 if content[:2] not in _WIDE_MARKS else None
        raise UnreadableError(problem=f"is not UTF-8 text ({found})", remedy="save it as UTF-8", line=line) from None


def ensure_printable(text: str) -> None:
    """Raises UnreadableError for the first character that YAML does not allow or 1.1 reads as a line break."""
    if found := _REFUSED.search(text):
        line = text.count("\n", 0, found.start()) + 1
        problem = f"contains the control character U+{ord(found[0]):04X}"
        remedy = "remove it, or write it as an escape in double quotes"
        raise UnreadableError(problem=problem, remedy=remedy, line=line)
