"""Whatever an agent prints becomes JSON lines with its name and group."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest
from agent_host.logs import LINE_MAX

from tests.unit.agent_host.builders import Log


def forwarded(*chunks: bytes) -> list[dict[str, object]]:
    log = Log()

    async def forward() -> None:
        stream = asyncio.StreamReader()
        for chunk in chunks:
            stream.feed_data(chunk)
        stream.feed_eof()
        await log.lines.forward("Goal", stream, "info")

    asyncio.run(forward())
    return log.objects


def test_a_line_carries_time_agent_group_and_machine() -> None:
    (line,) = forwarded(b"hello\n")
    assert datetime.fromisoformat(str(line.pop("time"))).tzinfo is not None
    assert line == {"level": "info", "agent": "Goal", "group": "demo", "machine": "pc2", "message": "hello"}


def test_lines_are_put_together_over_chunks() -> None:
    assert [line["message"] for line in forwarded(b"one\ntw", b"o\r\n\n", b"three")] == ["one", "two", "three"]


def test_a_json_object_keeps_its_fields_but_not_anothers_name() -> None:
    (line,) = forwarded(b'{"level":"debug","agent":"Other","group":"other","message":"m","took_ms":4}\n')
    assert (line["level"], line["took_ms"], line["message"]) == ("debug", 4, "m")
    assert (line["agent"], line["group"], line["machine"]) == ("Goal", "demo", "pc2")
    assert "time" in line


@pytest.mark.parametrize("text", ["{not json", "[1, 2]", "4"])
def test_what_is_no_json_object_is_text(text: str) -> None:
    (line,) = forwarded(text.encode())
    assert line["message"] == text


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("WARNING:root:low", "warning"),
        ("2026-01-01 10:00:00 ERROR lost", "error"),
        ("[WARN] low", "warning"),
        ("FATAL gone", "critical"),
        ("no ERRORS here", "info"),
        ("x" * 100 + " ERROR", "info"),
    ],
)
def test_the_level_is_read_where_loggers_put_it(text: str, level: str) -> None:
    (line,) = forwarded(text.encode())
    assert line["level"] == level


def test_a_line_without_an_end_is_cut() -> None:
    lines = forwarded(b"x" * (2 * LINE_MAX + 5))
    assert [len(str(line["message"])) for line in lines] == [LINE_MAX, LINE_MAX, 5]


def test_bytes_that_are_no_text_do_no_harm() -> None:
    (line,) = forwarded(b"caf\xe9\n")
    assert line["message"] == "caf\ufffd"
