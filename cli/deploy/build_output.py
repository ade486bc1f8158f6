"""The output of a failed image build.

The engine shows it while the build runs, and only the failing command in its last message.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_IMAGE = "docker:index/image:Image::"
_LINES = 15
_STEP = "digest: "
"""Start of a message that names steps; other messages are their output."""
_START = "Starting Docker build"
_PREFIX = "error reading build output: "


def failed_builds(events: Path) -> list[str]:
    """For each failed build of an engine's event log: the resource, the failing command and its last lines of output.

    Empty if there is no log.
    """
    output: dict[str, list[str]] = {}
    failed: dict[str, str] = {}
    for event in diagnostics(events):
        urn, message = str(event.get("urn", "")), str(event.get("message", ""))
        if _IMAGE not in urn:
            continue
        if event.get("severity") == "error":
            failed.setdefault(urn, message.strip().removeprefix(_PREFIX))
        elif urn not in failed and not message.startswith((_STEP, _START)):
            output.setdefault(urn, []).extend(line for line in message.splitlines() if line.strip())
    return [_text(urn.rpartition("::")[2], error, output.get(urn, [])) for urn, error in failed.items()]


def diagnostics(events: Path) -> Iterator[dict[str, Any]]:
    """Messages of an engine's event log."""
    if not events.is_file():
        return
    with events.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            try:
                event = json.loads(line)
            except ValueError:
                # The last line of a killed engine.
                continue
            if isinstance(event, dict) and isinstance(event.get("diagnosticEvent"), dict):
                yield event["diagnosticEvent"]


def _text(name: str, error: str, output: list[str]) -> str:
    shown = "\n".join(f"    {line}" for line in output[-_LINES:]) or "    (it printed nothing)"
    return f"image {name}: build failed: {error}; its last lines:\n{shown}"
