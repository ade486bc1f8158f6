"""Wall times of processes. Commands alternate, so that a slowdown of the machine affects all of them."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Command:
    """A command line, where it runs and what it adds to the environment."""

    arguments: Sequence[str]
    folder: Path
    environment: Mapping[str, str]


def medians(commands: Mapping[str, Command], runs: int) -> dict[str, float]:
    """Median wall seconds of each command, after one run that warms the caches.

    Raises CalledProcessError if a command fails.
    """
    times: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(runs + 1):
        for name, command in commands.items():
            took = seconds(command)
            if turn:
                times[name].append(took)
    return {name: statistics.median(values) for name, values in times.items()}


def seconds(command: Command) -> float:
    """Wall seconds of one run."""
    started = time.perf_counter()
    output(command)
    return time.perf_counter() - started


def usage(command: Command) -> tuple[float, float]:
    """Wall seconds and peak MiB of one run of one process. Raises CalledProcessError if it fails."""
    started = time.perf_counter()
    with subprocess.Popen(  # noqa: S603  (our own commands)
        list(command.arguments),
        cwd=command.folder,
        env={**_environment(), **command.environment},
        stdout=subprocess.DEVNULL,
    ) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    took = time.perf_counter() - started
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command.arguments)
    return took, used.ru_maxrss / 1024


def output(command: Command) -> str:
    """Standard output of one run. Raises CalledProcessError if it fails."""
    done = subprocess.run(  # noqa: S603  (our own commands)
        list(command.arguments),
        cwd=command.folder,
        env={**_environment(), **command.environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def _environment() -> dict[str, str]:
    # As for users, with compiled modules cached.
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def pulumi(folder: Path, stack: str, *arguments: str) -> Command:
    """A Pulumi command on a stack with its state in the project's folder."""
    state = folder / "state"
    state.mkdir(exist_ok=True)
    environment = {
        "PULUMI_BACKEND_URL": f"file://{state}",
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
    }
    named = [stack] if "init" in arguments else ["--stack", stack]
    return Command(["pulumi", *arguments, *named, "--non-interactive"], folder, environment)
