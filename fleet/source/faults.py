"""Faults of the configuration, and the error that reports them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from fleet.source.redaction import printable, redacted

_LENGTH_MAX = 600
"""Characters of a problem or path; the longest real lists of choices have some 300."""

_FIX_REPEATED_MAX = 120
"""Characters of a fix that every fault of a file repeats."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a configuration file.

    source: the file, relative to the project; line: 1-based, None for the whole file; path: dotted path of the value
    (`containers.main.gpu.request`), empty for the whole file; problem: what is wrong, with the value; remedy: what to
    do; detail: figures that explain the problem, one per line.
    """

    source: str
    line: int | None
    path: str
    problem: str
    remedy: str
    detail: tuple[str, ...] = ()
    heirs: tuple[str, ...] = ()
    """Groups that inherit the value from the file and have the fault."""

    @property
    def place(self) -> str:
        """`file:line: path`, without unknown parts."""
        where = self.source if self.line is None else f"{self.source}:{self.line}"
        return f"{where}: {_short(self.path)}" if self.path else where

    def lines(self) -> list[str]:
        """The fault as text: one line, or several with figures."""
        if not self.detail:
            return [_line(f"{self.place}: {_short(self.problem)}; {_short(self.remedy)}")]
        figures = (f"    {line}" for line in (*self.detail, self.remedy))
        return [_line(line) for line in (f"{self.place}: {_short(self.problem)}", *figures)]


def merged_heirs(faults: Iterable[Fault]) -> list[Fault]:
    """Each fault of an inherited value once: at the value, with the groups that inherit it unless its own has it."""
    heirs: dict[Fault, list[tuple[str, ...]]] = {}
    for fault in faults:
        heirs.setdefault(replace(fault, heirs=()) if fault.heirs else fault, []).append(fault.heirs)
    result: list[Fault] = []
    for fault, found in heirs.items():
        names = [name for each in found for name in each]
        if () not in found:
            text = f"(in {' and '.join(dict.fromkeys(names))}, which extend{'s' if len(names) == 1 else ''} it)"
            fault = replace(fault, problem=f"{fault.problem} {text}")
        result.append(fault)
    return result


def _with_fixes_once(faults: Iterable[Fault]) -> Iterator[Fault]:
    """The faults of one file; those that repeat a long fix, such as a list of names, refer to the first one's."""
    first: dict[str, Fault] = {}
    for fault in faults:
        if len(fault.remedy) <= _FIX_REPEATED_MAX or (one := first.setdefault(fault.remedy, fault)) is fault:
            yield fault
        else:
            place = one.path if 0 < len(one.path) <= _FIX_REPEATED_MAX else f"line {one.line}"
            yield replace(fault, remedy=f"as for {place}")


def _line(text: str) -> str:
    return printable(redacted(text))


def _short(text: str) -> str:
    """A text without its middle, if it repeats a long value or list."""
    return text if len(text) <= _LENGTH_MAX else f"{text[: _LENGTH_MAX // 2]} ... {text[-_LENGTH_MAX // 2 :]}"


class ConfigurationError(Exception):
    """The configuration is invalid; carries every fault."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: Sequence[Fault] = sorted(set(faults), key=lambda f: (f.source, f.line or 0, f.path, f.problem))
        self._text = self._write()
        super().__init__(self._text)

    def text(self) -> str:
        """All faults, grouped by file."""
        return self._text

    def _write(self) -> str:
        blocks: list[str] = []
        for source, found in groupby(self.faults, key=lambda fault: fault.source):
            faults = list(found)
            blocks.append(f"{_line(source)}: {len(faults)} fault{'s' if len(faults) > 1 else ''}")
            blocks.extend(f"  {line}" for fault in _with_fixes_once(faults) for line in fault.lines())
        return "\n".join(blocks)
