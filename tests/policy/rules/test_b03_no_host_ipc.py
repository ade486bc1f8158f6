"""B03 no-host-ipc."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import container, judged, violation
from tests.policy.kubernetes_builders import blamed, workload

B03 = rule("B03")


@pytest.mark.parametrize("mode", [None, "private", "shareable", "none"])
def test_it_holds_with_mode(mode: str | None) -> None:
    assert judged(B03, container(ipcMode=mode)) == {}


def test_it_fails_with_the_host_s() -> None:
    message = violation(B03, container(ipcMode="host"))
    assert "host_ipc is true" in message
    assert "containers.main.hardening.host_ipc" in message


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="nothing said"),
        pytest.param(workload(pod={"hostIPC": False}), id="the switch off"),
    ],
)
def test_on_a_cluster_it_holds_with(good: Registered) -> None:
    assert judged(B03, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(workload(pod={"hostIPC": True}), "host_ipc is true", id="the switch on"),
    ],
)
def test_on_a_cluster_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(B03, bad)
