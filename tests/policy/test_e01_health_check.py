"""E01 health-check."""

from __future__ import annotations

from typing import Any

import pytest

from policy.catalogue import rule
from tests.policy.builders import container, judged, violation

E01 = rule("E01")


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param({"healthcheck": {"tests": ["CMD", "true"]}}, id="a command"),
        pytest.param({"healthcheck": {"tests": ["CMD-SHELL", "exit 0"]}}, id="a shell's command"),
        pytest.param({"healthcheck": None, "mustRun": False, "restart": "no"}, id="a job that ends by itself"),
    ],
)
def test_it_holds_with(properties: dict[str, Any]) -> None:
    assert judged(E01, container(**properties)) == {}


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param({"healthcheck": None}, id="none"),
        pytest.param({"healthcheck": {}}, id="an empty one"),
        pytest.param({"healthcheck": {"tests": []}}, id="no test"),
        pytest.param({"healthcheck": {"tests": ["NONE"]}}, id="the image's own switched off"),
        pytest.param({"healthcheck": {"tests": ["CMD"]}}, id="a command without words"),
        pytest.param({"healthcheck": {"tests": "CMD true"}}, id="a text in place of a list"),
        pytest.param({"healthcheck": None, "mustRun": False}, id="a job that is started again and again"),
    ],
)
def test_it_fails_with(properties: dict[str, Any]) -> None:
    message = violation(E01, container(**properties))
    assert "health_check is not set" in message
    assert "set containers.main.health" in message
