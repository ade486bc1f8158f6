"""An update that is killed halfway."""

from __future__ import annotations

import os
import signal
import subprocess

from tests.engine.workspace import Workspace


def kill_at(workspace: Workspace, word: str) -> None:
    """Starts an update and kills it, its program and its providers, once it has printed a word."""
    with workspace.start_up() as process:
        assert process.stdout
        for line in process.stdout:
            if word in line:
                break
        children = _descendants(process.pid)
        for pid in (process.pid, *children):
            os.kill(pid, signal.SIGKILL)


def _descendants(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(child): int(parent) for child, parent in map(str.split, listed.splitlines())}
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found[1:]
