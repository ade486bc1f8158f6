"""Process facts from /proc."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class ProcessFacts:
    """One process. Memory is resident, including shared pages; CPU is user and system time in seconds."""

    pid: int
    parent: int
    session: int
    zombie: bool
    memory_bytes: int
    cpu_s: float


def read_processes(proc: Path = _PROC) -> list[ProcessFacts]:
    """All processes of this container."""
    return list(_read(proc))


def _read(proc: Path) -> Iterator[ProcessFacts]:
    page_bytes, ticks_per_s = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")
    for folder in proc.iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            line = (folder / "stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            # It exited after the folder was listed.
            continue
        # The program's name is in parentheses and may itself contain spaces and parentheses.
        fields = line[line.rindex(")") + 2 :].split()
        yield ProcessFacts(
            pid=int(folder.name),
            parent=int(fields[1]),
            session=int(fields[3]),
            zombie=fields[0] == "Z",
            memory_bytes=int(fields[21]) * page_bytes,
            cpu_s=(int(fields[11]) + int(fields[12])) / ticks_per_s,
        )


class OrphanReaper:
    """Reaps orphaned processes; needed only if the host is process 1, without an init."""

    def __init__(self) -> None:
        self._seen: set[int] = set()

    def reap(self, own: set[int]) -> None:
        """Reaps exited children that are not in `own`.

        Only those that were there at the last call too: a child just started is not in `own` yet.
        """
        me = os.getpid()
        ended = {p.pid for p in read_processes() if p.zombie and p.parent == me and p.pid not in own}
        for pid in ended & self._seen:
            try:
                os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                continue
        self._seen = ended
