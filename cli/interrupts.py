"""Ends a run on ^C, SIGTERM or a closed terminal, without a traceback and with nothing left behind.

The handler ends the process itself. An exception could surface anywhere, such as in a destructor or an event loop,
which print it and go on.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import PIPE, CompletedProcess, Popen
from typing import Any

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")

_cleanups: dict[object, Callable[[], object]] = {}
_owners: set[int] = set()
"""Process that installed the handler. A fork inherits handler and clean-ups, but what they remove is not its own."""


def install() -> None:
    """Handles the signals, except those the caller ignores (nohup, background jobs)."""
    _owners.add(os.getpid())
    for number in _numbers():
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)


@contextmanager
def cleaned_up(clean_up: Callable[[], object]) -> Iterator[None]:
    """Calls `clean_up` if a signal ends the block, the latest first. Otherwise the block cleans up itself."""
    key = object()
    _cleanups[key] = clean_up
    try:
        yield
    finally:
        del _cleanups[key]


def captured(words: Sequence[str], folder: Path, env: Mapping[str, str] | None = None) -> CompletedProcess[bytes]:
    """Runs a command in a folder and captures its output. A signal kills it."""
    with Popen(words, cwd=folder, env=env, stdout=PIPE, stderr=PIPE) as process:  # noqa: S603
        with cleaned_up(lambda: _kill(process)):
            out, err = process.communicate()
        return CompletedProcess(words, process.returncode, out, err)


@contextmanager
def left_to(process: Popen[Any]) -> Iterator[None]:
    """Leaves the signals to a command that ends on its own terms; ends this process after the block if one came.

    The terminal sends ^C to both. SIGTERM is passed on as ^C, since it reaches this process alone.
    """
    received: list[int] = []

    def handle(number: int, _: object) -> None:
        received.append(number)
        if number == signal.SIGTERM:
            process.send_signal(signal.SIGINT)

    before = {number: signal.signal(number, handle) for number in _numbers()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if received:
        raise SystemExit(128 + received[0])


def _numbers() -> list[int]:
    return [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]


def _end(number: int, _: object) -> None:
    for other in _numbers():
        signal.signal(other, signal.SIG_IGN)
    for clean_up in reversed(list(_cleanups.values())) if os.getpid() in _owners else ():
        with suppress(Exception):
            clean_up()
    # As shells report a signal.
    os._exit(128 + number)


def _kill(process: Popen[Any]) -> None:
    process.kill()
    # Not process.wait(), whose lock the interrupted code may hold.
    with suppress(ChildProcessError):
        os.waitpid(process.pid, 0)
