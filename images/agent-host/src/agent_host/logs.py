"""Log lines as JSON, one object per line, whatever an agent prints."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from datetime import UTC, datetime
from typing import TextIO

HOST = "agent-host"
"""Value of `agent` in the host's own lines."""

LINE_MAX = 64 * 1024
"""Bytes. A longer line is split, so that an agent cannot exhaust the host's memory."""

_LEVEL = re.compile(r"\b(DEBUG|INFO|WARN|WARNING|ERROR|CRITICAL|FATAL)\b")
_LEVEL_NAMES = {"WARN": "warning", "FATAL": "critical"}
_LEVEL_WITHIN = 80
"""Characters at the start of a line in which loggers put their level."""


class LogLines:
    """Writes the log of one container."""

    def __init__(self, group: str, machine: str, out: TextIO | None = None) -> None:
        self._origin = {"group": group, "machine": machine}
        self._out = out or sys.stdout

    def host(self, level: str, message: str, agent: str = HOST) -> None:
        """A line of the host, about `agent` if given."""
        self._write({"time": _now(), "level": level, "agent": agent, **self._origin, "message": message})

    def agent(self, agent: str, text: str, default_level: str) -> None:
        """A line an agent printed. A JSON object keeps its own fields, but cannot claim another agent's name."""
        own = _json_object(text)
        if own is not None:
            self._write({"time": _now(), "level": default_level, **own, "agent": agent, **self._origin})
            return
        level = _level_of(text) or default_level
        self._write({"time": _now(), "level": level, "agent": agent, **self._origin, "message": text})

    async def forward(self, agent: str, stream: asyncio.StreamReader, default_level: str) -> None:
        """Logs a stream line by line until it ends."""
        pending = b""
        while chunk := await stream.read(LINE_MAX):
            *lines, pending = (pending + chunk).split(b"\n")
            while len(pending) > LINE_MAX:
                lines.append(pending[:LINE_MAX])
                pending = pending[LINE_MAX:]
            for line in lines:
                self._forward_line(agent, line, default_level)
        self._forward_line(agent, pending, default_level)

    def _forward_line(self, agent: str, line: bytes, default_level: str) -> None:
        text = line.decode("utf-8", errors="replace").rstrip()
        if text:
            self.agent(agent, text, default_level)

    def _write(self, fields: dict[str, object]) -> None:
        self._out.write(json.dumps(fields, ensure_ascii=False, default=str) + "\n")
        self._out.flush()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _json_object(text: str) -> dict[str, object] | None:
    if not text.startswith("{"):
        return None
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _level_of(text: str) -> str | None:
    found = _LEVEL.search(text[:_LEVEL_WITHIN])
    return _LEVEL_NAMES.get(found[1], found[1].lower()) if found else None
