"""How the program ends: with one message, and without a traceback when the engine interrupts it."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Sequence

import pulumi
import pytest

from components.ending import REPORTED, Ending, check_health
from tests.unit.builders import ROOT
from tests.unit.components.registering import run

_PROGRAM = """
import asyncio, os, signal, threading
import components.ending
from components.ending import Ending
components.ending.get_monitor = lambda: None
components.ending._CREATED_S = 0.2
ending = Ending()
ending.handle_interrupts()
ending.at_exit(lambda: print("closed"))
async def hook():
    with ending.running_hook():
        os.kill(os.getpid(), signal.SIGINT)
        while not ending.interrupted:
            await asyncio.sleep(0.01)
    print("answered")
async def main():
    # As a registration does.
    blocked = asyncio.get_running_loop().run_in_executor(None, threading.Event().wait)
    {interrupt}
    await blocked
asyncio.run(main())
"""


def test_an_interrupt_ends_the_program_without_a_traceback_once_its_hooks_have_answered() -> None:
    for interrupt, said in (
        ("os.kill(os.getpid(), signal.SIGINT)", "closed\n"),
        ("await hook()", "answered\nclosed\n"),
        # Its container was being created when the interrupt came.
        ("ending.expect_hooks(lambda: True); os.kill(os.getpid(), signal.SIGINT); await hook()", "answered\nclosed\n"),
        # Nothing is called: the creation was not under way.
        ("ending.expect_hooks(lambda: True); os.kill(os.getpid(), signal.SIGINT)", "closed\n"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM.format(interrupt=interrupt)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (REPORTED, said, ""), interrupt


def test_an_offline_plan_keeps_the_handler_of_its_command() -> None:
    before = signal.getsignal(signal.SIGINT)
    run(lambda: Ending().handle_interrupts(), "pi")
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (["container ears: is paused"], "container ears: is paused"),
        (
            ["container ears: a", "container eyes: b"],
            "2 of the stack are not healthy:\ncontainer ears: a\ncontainer eyes: b",
        ),
    ],
)
def test_problems_are_one_error(monkeypatch: pytest.MonkeyPatch, found: Sequence[str], said: str) -> None:
    errors: list[str] = []
    monkeypatch.setattr(pulumi.log, "error", errors.append)

    async def problems() -> Sequence[str]:
        return found

    with pytest.raises(SystemExit) as ended:
        asyncio.run(check_health(problems, Ending()))
    assert ended.value.code == REPORTED
    assert errors == [said]


def test_a_healthy_deployment_ends_in_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    async def problems() -> Sequence[str]:
        return []

    monkeypatch.setattr(pulumi.log, "error", lambda _: pytest.fail("no error"))
    asyncio.run(check_health(problems, Ending()))


def test_a_failed_update_adds_nothing_to_what_the_engine_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    class Left(Exception):
        pass

    def leave(_: Ending) -> None:
        raise Left

    async def problems() -> Sequence[str]:
        msg = "Resource monitor has terminated, shutting down"
        raise pulumi.RunError(msg)

    monkeypatch.setattr(Ending, "exit_now", leave)
    with pytest.raises(Left):
        asyncio.run(check_health(problems, Ending()))
