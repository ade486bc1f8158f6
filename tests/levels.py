"""Test levels: one that cannot run on this machine is skipped with its reason, unless FLEET_REQUIRE names it."""

from __future__ import annotations

import os

import pytest

REQUIRE = "FLEET_REQUIRE"
"""Levels that must run, comma separated: `unit,policy,docker`. A level's parts follow a dash: `engine` requires
`engine-docker`, `engine-kubernetes` and `engine-cloud`, and `docker` requires `docker-newer`. Each can be required
alone."""

SECTIONS = pytest.StashKey[dict[str, list[str]]]()
"""Title -> lines that the summary of a run ends with."""


def required(level: str) -> bool:
    """Whether FLEET_REQUIRE names a level, or the level it is a part of."""
    named = os.environ.get(REQUIRE, "").replace(" ", "").split(",")
    return level in named or level.partition("-")[0] in named


def need(level: str, missing: str | None) -> None:
    """Goes on where nothing is missing; else skips, or fails where the level is required."""
    if missing is None:
        return
    if required(level):
        pytest.fail(f"level {level} is required ({REQUIRE}), but {missing}", pytrace=False)
    pytest.skip(f"level {level}: {missing}")
