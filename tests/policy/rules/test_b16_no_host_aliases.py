"""B16 no-host-aliases."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.kubernetes_builders import blamed, workload

B16 = rule("B16")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="neither"),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(B16, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            workload(pod={"hostAliases": [{"ip": "10.0.0.1", "hostnames": ["db"]}]}),
            'host_aliases maps names to "10.0.0.1"',
            id="a name of the pod's own",
        ),
        pytest.param(
            workload(livenessProbe={"httpGet": {"host": "169.254.169.254", "port": 80}}),
            'livenessProbe targets host "169.254.169.254"',
            id="a probe of another host",
        ),
        pytest.param(
            workload(lifecycle={"preStop": {"httpGet": {"host": "x", "port": 80}}}),
            'preStop targets host "x"',
            id="a hook of another host",
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(B16, bad)
