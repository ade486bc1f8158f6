"""Standard streams that survive a closed pipe, a missing descriptor and a narrow encoding."""

from __future__ import annotations

import io
import os
import select
import sys
from typing import Any, TextIO

_STANDARD = range(3)
_UNSAFE_ERRORS = ("strict", "surrogateescape")
"""Handlers that raise for a character that the terminal lacks."""


class _Output(io.FileIO):
    """A descriptor whose reader may leave: the rest is dropped, and the command ends with its own exit code."""

    def __init__(self, descriptor: int, title: str, *, needed: bool) -> None:
        super().__init__(descriptor, "w", closefd=False)
        self._title = title
        self._needed = needed

    def write(self, data: Any, /) -> int:
        """Bytes written. Raises OSError with the stream as its file name, such as for a full disk, if it is needed."""
        try:
            while (written := super().write(data)) is None:
                # Another program of this terminal made it non-blocking.
                select.select([], [self], [])
        except BrokenPipeError:
            return memoryview(data).nbytes
        except OSError as error:
            if self._needed:
                raise OSError(error.errno, error.strerror, self._title) from None
            return memoryview(data).nbytes
        return written


def prepare() -> None:
    """Replaces the standard output and error of this process. An error that cannot be printed is dropped."""
    for descriptor in _STANDARD:
        try:
            os.fstat(descriptor)
        except OSError:
            # Takes the lowest free number; the next file opened would become the standard stream.
            os.open(os.devnull, os.O_RDWR)
    sys.stdout = _text(_Output(1, "standard output", needed=True), sys.stdout)
    sys.stderr = _text(_Output(2, "standard error", needed=False), sys.stderr, by_line=True)


def _text(raw: _Output, before: TextIO | None, *, by_line: bool = False) -> TextIO:
    encoding, errors = (before.encoding, before.errors or "strict") if before else ("utf-8", "strict")
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding,
        "backslashreplace" if errors in _UNSAFE_ERRORS else errors,
        line_buffering=by_line or raw.isatty(),
        write_through=getattr(before, "write_through", False),
    )
