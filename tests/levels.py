"""Test levels: one that cannot run on this machine is skipped with its reason, unless FLEET_REQUIRE names it."""

from __future__ import annotations

import os

import pytest

REQUIRE = "FLEET_REQUIRE"
"""Levels that must run, comma separated: `unit,policy,docker`; `browser` is one among the unit tests."""


def need(level: str, missing: str | None) -> None:
    """Goes on where nothing is missing; else skips, or fails where the level is required."""
    if missing is None:
        return
    if level in os.environ.get(REQUIRE, "").replace(" ", "").split(","):
        pytest.fail(f"level {level} is required ({REQUIRE}), but {missing}", pytrace=False)
    pytest.skip(f"level {level}: {missing}")
