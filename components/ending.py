"""Ends the program: with one message after a failure, and without a traceback when the engine interrupts it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

import pulumi
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.settings import get_monitor

REPORTED = 32
"""Exit status of a program that has reported its error; the language host then adds none of its own."""

_ANSWER_S = 1.0
"""Time for a hook's answer to reach the engine."""


class Ending:
    """How the program ends.

    The engine interrupts it at the end of a failed update and at the first ^C. Python would print a traceback, and
    wait for the threads that are blocked in the engine.
    """

    def __init__(self) -> None:
        self.interrupted = False
        self.offline = isinstance(get_monitor(), MockMonitor)
        """Whether there is no engine: the program runs in a process of ours."""
        self._hooks = 0
        self._closing: list[Callable[[], None]] = []

    def handle_interrupts(self) -> None:
        """Installs the handler. Offline, the process has its own."""
        if not self.offline:
            signal.signal(signal.SIGINT, lambda *_: self._interrupt())

    def at_exit(self, close: Callable[[], None]) -> None:
        """Calls `close` before the process exits."""
        self._closing.append(close)

    @contextmanager
    def running_hook(self) -> Iterator[None]:
        """Delays the exit until the hook has answered the engine."""
        self._hooks += 1
        try:
            yield
        finally:
            self._hooks -= 1
            if self.interrupted and not self._hooks:
                asyncio.get_running_loop().call_later(_ANSWER_S, self.exit_now)

    def exit_now(self) -> NoReturn:
        """Exits without waiting for threads that are blocked in the engine."""
        for close in self._closing:
            close()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(REPORTED)

    def _interrupt(self) -> None:
        self.interrupted = True
        if not self._hooks:
            self.exit_now()


async def check_health(problems: Callable[[], Awaitable[Sequence[str]]], ending: Ending) -> None:
    """Ends the program with one error if the deployment has problems."""
    try:
        found = await problems()
    except pulumi.RunError:
        # The engine has ended the update, and has reported why.
        ending.exit_now()
    if found:
        count = f"{len(found)} of the stack are not healthy:\n"
        pulumi.log.error((count if len(found) > 1 else "") + "\n".join(found))
        raise SystemExit(REPORTED)
