"""E03 ready-is-not-live."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.kubernetes_builders import blamed, workload

E03 = rule("E03")


SAME = {"httpGet": {"path": "/health", "port": "http"}}


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="more patience"),
        pytest.param(workload(livenessProbe={"exec": {"command": ["true"]}}), id="another question"),
        pytest.param(workload(readinessProbe=None), id="liveness alone"),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(E03, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            workload(livenessProbe=SAME, readinessProbe=SAME),
            "are the same for liveness (30 s) and readiness (30 s)",
            id="the same at the same pace",
        ),
        pytest.param(
            workload(livenessProbe={**SAME, "periodSeconds": 5}, readinessProbe=SAME),
            "liveness (15 s)",
            id="less patience",
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(E03, bad)
