"""B08 volume-types."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.kubernetes_builders import blamed, workload

B08 = rule("B08")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="an emptyDir"),
        pytest.param(
            workload(pod={"volumes": [{"name": "tmp", "persistentVolumeClaim": {"claimName": "x"}}]}), id="a claim"
        ),
        pytest.param(workload(pod={"volumes": [{"name": "tmp", "image": {"reference": "x"}}]}), id="an image"),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(B08, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            workload(pod={"volumes": [{"name": "tmp", "hostPath": {"path": "/data"}}]}),
            'volumes holds "tmp", which is "hostPath"',
            id="a folder of the host",
        ),
        pytest.param(
            workload(pod={"volumes": [{"name": "tmp", "nfs": {"server": "x"}}]}), 'which is "nfs"', id="a share"
        ),
        pytest.param(workload(pod={"volumes": [{"name": "tmp"}]}), "which has no type", id="none at all"),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(B08, bad)
