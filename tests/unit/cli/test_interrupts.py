"""^C, SIGTERM and a killed parent: no traceback, exit code 128 + the signal, nothing left behind."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.unit.builders import ROOT
from tests.unit.cli.running import write_program

MAIN = "from cli.app import main; main()"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped project in a git repository, so that it can be compared with itself."""
    folder = write_program(tmp_path_factory.mktemp("project"))
    who = ("-c", "user.name=Owner", "-c", "user.email=owner@example.org", "-c", "commit.gpgsign=false")
    for words in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-q", "-m", "State")):
        subprocess.run(["git", *who, *words], cwd=folder, check=True)
    return folder


def started(project: Path, scratch: Path, *words: str) -> subprocess.Popen[bytes]:
    """A command in a process group of its own, like a terminal's, with its temporary files in `scratch`."""
    return subprocess.Popen(
        [sys.executable, "-c", MAIN, *words],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(scratch)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def members(group: int) -> list[str]:
    """Running processes of a process group."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(entry.parent.name)
    return found


def left_after(group: int) -> list[str]:
    """Processes of a group that do not end within seconds."""
    until = time.monotonic() + 5
    while (left := members(group)) and time.monotonic() < until:
        time.sleep(0.02)
    return left


def wait_for_handlers(process: subprocess.Popen[bytes]) -> None:
    """Before them it is the interpreter that ends, with whatever it prints."""
    until = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < until:
        caught = re.search(r"^SigCgt:\s*(\w+)", Path(f"/proc/{process.pid}/status").read_text(), re.MULTILINE)
        if caught and int(caught[1], 16) >> (signal.SIGTERM - 1) & 1:
            return
        time.sleep(0.002)


COMMANDS = (("plan", "mainpc"), ("report", "-o", "-"), ("diff", "mainpc"), ("export", "compose", "mainpc"))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("whole_group", [True, False], ids=["terminal", "kill"])
def test_a_signal_at_any_moment_ends_the_command_at_once(whole_group: bool, project: Path, tmp_path: Path) -> None:
    chance = random.Random(20)  # noqa: S311
    cases = [(words, number) for words in COMMANDS for number in (signal.SIGINT, signal.SIGTERM) for _ in range(3)]

    def ended(index: int, words: tuple[str, ...], number: int, delay: float) -> list[object]:
        scratch = tmp_path / str(index)
        scratch.mkdir()
        process = started(project, scratch, *words)
        wait_for_handlers(process)
        time.sleep(delay)
        (os.killpg if whole_group else os.kill)(process.pid, number)
        _, err = process.communicate(timeout=60)
        left = left_after(process.pid)
        # It may have been done already.
        if process.returncode in (0, 3, 128 + number) and not (err or left or any(scratch.iterdir())):
            return []
        return [words, number, process.returncode, err.decode()[-500:], left, *scratch.iterdir()]

    # Most of the time goes into the delays.
    with ThreadPoolExecutor(4) as pool:
        runs = [pool.submit(ended, index, *case, chance.random() * 1.2) for index, case in enumerate(cases)]
    assert [run.result() for run in runs if run.result()] == []


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_workers_end_with_a_parent_that_is_killed(project: Path, tmp_path: Path) -> None:
    process = started(project, tmp_path, "report", "-o", "-")
    until = time.monotonic() + 20
    while len(members(process.pid)) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    assert len(members(process.pid)) >= 2
    process.kill()
    process.communicate()
    assert left_after(process.pid) == []


def test_a_signal_that_the_caller_ignores_stays_ignored() -> None:
    program = (
        "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); from cli import interrupts; interrupts.install();"
        "print(signal.getsignal(signal.SIGHUP) is signal.SIG_IGN, signal.getsignal(signal.SIGTERM) is interrupts._end)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "True True\n"


_SLOW = """import signal, sys, time
def stop(*_):
    print("saving", flush=True); time.sleep(0.6); print("saved", flush=True); sys.exit(255)
signal.signal(signal.SIGINT, stop)
print("updating", flush=True)
time.sleep(30)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_update_is_left_to_save_its_state(number: int, tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(_SLOW)
    program = (
        "import subprocess, sys; from cli import interrupts; interrupts.install()\n"
        "with subprocess.Popen([sys.executable, sys.argv[1]]) as child, interrupts.left_to(child): child.wait()\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "slow.py")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "updating\n"
        # A terminal sends ^C to all; `kill` and service managers to the one they started.
        (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
        assert process.stdout.read() == "saving\nsaved\n"
    assert process.returncode == 128 + number
