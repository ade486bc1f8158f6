"""E05 bounded-restarts."""

from __future__ import annotations

from typing import Any

import pytest

from fleet.labels import SELF_HEALING
from policy.engine.catalogue import rule
from tests.policy.builders import container, judged, violation

E05 = rule("E05")


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param({"restart": "on-failure", "maxRetryCount": 1}, id="one retry"),
        pytest.param({"restart": "on-failure", "maxRetryCount": 10.0}, id="ten retries"),
        pytest.param({"restart": "always"}, id="always, where an unhealthy process ends itself"),
        pytest.param({"restart": "unless-stopped"}, id="unless stopped, likewise"),
        pytest.param({"restart": "no", "mustRun": False}, id="a job that ends by itself"),
    ],
)
def test_it_holds_with(properties: dict[str, Any]) -> None:
    assert judged(E05, container(**properties)) == {}


@pytest.mark.parametrize(
    ("properties", "says"),
    [
        pytest.param({"restart": None}, "restart is no", id="nothing said"),
        pytest.param({"restart": "no"}, "restart is no", id="never"),
        pytest.param({"restart": "on-failure"}, "without a maximum retry count", id="retries without end"),
        pytest.param(
            {"restart": "on-failure", "maxRetryCount": 0}, "without a maximum retry count", id="zero, which is no bound"
        ),
        pytest.param({"restart": "on-failure", "maxRetryCount": 11}, "with 11 retries, above 10", id="one too many"),
        pytest.param({"restart": "always", "healthcheck": None}, "without a health check", id="always, unwatched"),
        pytest.param({"restart": "sometimes"}, 'restart is "sometimes"', id="a word Docker does not know"),
    ],
)
def test_it_fails_with(properties: dict[str, Any], says: str) -> None:
    message = violation(E05, container(**properties))
    assert says in message
    assert "set containers.main.restart to on-failure" in message


@pytest.mark.parametrize("restart", ["always", "unless-stopped"])
def test_it_fails_where_nothing_ends_an_unhealthy_process(restart: str) -> None:
    message = violation(E05, container(tags={SELF_HEALING: "false"}, restart=restart))
    assert f"restart is {restart}, but nothing stops the process" in message
