"""B03 no-host-ipc."""

from __future__ import annotations

import pytest

from policy.catalogue import rule
from tests.policy.builders import container, judged, violation

B03 = rule("B03")


@pytest.mark.parametrize("mode", [None, "private", "shareable", "none"])
def test_it_holds_with_mode(mode: str | None) -> None:
    assert judged(B03, container(ipcMode=mode)) == {}


def test_it_fails_with_the_host_s() -> None:
    message = violation(B03, container(ipcMode="host"))
    assert "host_ipc is true" in message
    assert "containers.main.hardening.host_ipc" in message
