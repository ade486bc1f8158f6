"""Figures as people read them."""

from __future__ import annotations

import pytest

from cli.diagnostics.text import cores, duration, place, size
from fleet.text import mebibytes, plural


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-1, "0 s"), (0.9, "0 s"), (119, "119 s"), (120, "2 min"), (7199, "119 min"), (7200, "2 h"), (172800, "2 days")],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(("millicores", "text"), [(500, "0.5"), (2000, "2"), (10, "0.01"), (0.4, "0"), (10000, "10")])
def test_cores(millicores: float, text: str) -> None:
    assert cores(millicores) == text


def test_sizes() -> None:
    assert tuple(map(mebibytes, (0, 1, 1024 * 1024, 1024 * 1024 + 1))) == (0, 1, 1, 2)
    assert (size(14 * 1024**2), size(1536 * 1024**2)) == ("14 MiB", "1.5 GiB")


def test_counted() -> None:
    assert (plural(0, "restart"), plural(1, "restart"), plural(2, "restart")) == (
        "0 restarts",
        "1 restart",
        "2 restarts",
    )


def test_places() -> None:
    assert place({}) == "Docker's own folder"
    assert place({"type": "none", "o": "bind", "device": "/srv/a"}) == "/srv/a"
    assert place({"type": "tmpfs", "device": "tmpfs"}) == "memory (unbounded)"
