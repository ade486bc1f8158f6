"""B17 no-host-process."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.kubernetes_builders import blamed, pod_secure, secure, workload

B17 = rule("B17")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="nothing said"),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(B17, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            workload(securityContext=secure(windowsOptions={"hostProcess": True})),
            "host_process is true",
            id="it on the container",
        ),
        pytest.param(
            workload(pod=pod_secure(windowsOptions={"hostProcess": True})), "host_process is true", id="it on the pod"
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(B17, bad)
