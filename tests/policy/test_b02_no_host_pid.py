"""B02 no-host-pid."""

from __future__ import annotations

import pytest

from policy.catalogue import rule
from tests.policy.builders import container, judged, violation

B02 = rule("B02")


@pytest.mark.parametrize("mode", [None, "", "container:other"])
def test_it_holds_with_mode(mode: str | None) -> None:
    assert judged(B02, container(pidMode=mode)) == {}


def test_it_fails_with_the_host_s() -> None:
    message = violation(B02, container(pidMode="host"))
    assert "host_pid is true" in message
    assert "process namespace" in message
