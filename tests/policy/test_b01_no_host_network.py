"""B01 no-host-network."""

from __future__ import annotations

import pytest

from policy.catalogue import rule
from tests.policy.builders import container, judged, violation

B01 = rule("B01")


@pytest.mark.parametrize("mode", [None, "bridge", "none", "mainpc_internal", "container:other"])
def test_it_holds_with_mode(mode: str | None) -> None:
    assert judged(B01, container(networkMode=mode)) == {}


def test_it_fails_with_the_host_s() -> None:
    message = violation(B01, container(networkMode="host"))
    assert "host_network is true" in message
    assert "user-defined network" in message
