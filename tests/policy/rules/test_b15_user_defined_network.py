"""B15 user-defined-network."""

from __future__ import annotations

from typing import Any

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import UNKNOWN
from tests.policy.builders import container, judged, violation

B15 = rule("B15")


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param({}, id="the bridge and a network of its own, as the provider wants it"),
        pytest.param({"networksAdvanced": [{"name": UNKNOWN}]}, id="a network that is not created yet"),
        pytest.param({"networksAdvanced": None, "networkMode": "mainpc_internal"}, id="a network as the mode"),
        pytest.param({"networksAdvanced": None, "networkMode": "none"}, id="no network at all"),
        pytest.param({"networksAdvanced": None, "networkMode": "host"}, id="the host's, which another rule minds"),
        pytest.param({"networksAdvanced": None, "networkMode": "container:other"}, id="another container's"),
    ],
)
def test_it_holds_with(properties: dict[str, Any]) -> None:
    assert judged(B15, container(**properties)) == {}


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param({"networksAdvanced": None}, id="the default bridge only"),
        pytest.param({"networksAdvanced": None, "networkMode": None}, id="nothing said"),
        pytest.param({"networksAdvanced": [], "networkMode": "default"}, id="the mode default"),
        pytest.param({"networksAdvanced": [{"name": "bridge"}]}, id="the default bridge by name"),
        pytest.param({"networksAdvanced": "mainpc_internal"}, id="a text in place of a list"),
    ],
)
def test_it_fails_with(properties: dict[str, Any]) -> None:
    message = violation(B15, container(**properties))
    assert "networks is empty" in message
    assert "machine.network" in message
