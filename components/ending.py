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

_CREATED_S = 4.0
"""Time for a creation under way at ^C to end. The engine then calls its hook, and shows an error of gRPC if nobody
answers. The language host kills the program 5 s after ^C."""


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
        self._may_be_called: Callable[[], bool] = lambda: False
        self._closing: list[Callable[[], None]] = []

    def handle_interrupts(self) -> None:
        """Installs the handler. Offline, the process has its own."""
        if not self.offline:
            signal.signal(signal.SIGINT, lambda *_: self._interrupt())

    def expect_hooks(self, while_true: Callable[[], bool]) -> None:
        """Stays for a while after an interrupt if hooks may still be called then."""
        self._may_be_called = while_true

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
                asyncio.get_running_loop().call_later(_ANSWER_S, self._exit_without_hooks)

    async def leave(self) -> NoReturn:
        """Exits, after an interrupt once hooks have answered."""
        while self.interrupted and (self._hooks or self._may_be_called()):
            await asyncio.sleep(_ANSWER_S)
        self.exit_now()

    def exit_now(self) -> NoReturn:
        """Exits without waiting for threads that are blocked in the engine."""
        for close in self._closing:
            close()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(REPORTED)

    def _interrupt(self) -> None:
        self.interrupted = True
        if self._hooks:
            return
        if not self._may_be_called():
            self.exit_now()
        loop = asyncio.get_running_loop()
        # Threadsafe, since that wakes the loop.
        loop.call_soon_threadsafe(loop.call_later, _CREATED_S, self._exit_without_hooks)

    def _exit_without_hooks(self) -> None:
        if not self._hooks:
            self.exit_now()


async def check_health(problems: Callable[[], Awaitable[Sequence[str]]], ending: Ending) -> None:
    """Ends the program with one error if the deployment has problems."""
    try:
        found = await problems()
    except pulumi.RunError:
        # The engine has ended the update, and has reported why.
        await ending.leave()
    if found:
        count = f"{len(found)} of the stack are not healthy:\n"
        pulumi.log.error((count if len(found) > 1 else "") + "\n".join(found))
        raise SystemExit(REPORTED)
