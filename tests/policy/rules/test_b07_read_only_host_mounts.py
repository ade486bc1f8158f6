"""B07 read-only-host-mounts."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import container, judged, violation
from tests.policy.kubernetes_builders import blamed, workload

B07 = rule("B07")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="no folder of the host"),
        pytest.param(
            workload(
                pod={"volumes": [{"name": "tmp", "hostPath": {"path": "/data/models"}}]},
                volumeMounts=[{"name": "tmp", "mountPath": "/m", "readOnly": True}],
            ),
            id="one that is read-only",
        ),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(B07, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            workload(pod={"volumes": [{"name": "tmp", "hostPath": {"path": "/data/models"}}]}),
            'mounts holds "/data/models" of the host writable',
            id="one that is writable",
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(B07, bad)


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(container(), id="no folder of the host"),
        pytest.param(
            container(mounts=[{"type": "bind", "source": "/data", "target": "/d", "readOnly": True}]),
            id="one that is read-only",
        ),
    ],
)
def test_on_docker_it_holds_with(good: Registered) -> None:
    assert judged(B07, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            container(mounts=[{"type": "bind", "source": "/data", "target": "/d"}]),
            'mounts holds "/data"',
            id="one that is writable",
        ),
    ],
)
def test_on_docker_it_fails_with(bad: Registered, says: str) -> None:
    assert says in violation(B07, bad)


def test_what_may_be_writable_is_a_setting() -> None:
    bound = container(mounts=[{"type": "bind", "source": "/data/logs", "target": "/d"}])
    assert judged(B07, bound, writable=["/data/*"]) == {}
