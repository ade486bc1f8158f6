"""C08 empty-dir-limit."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.kubernetes_builders import blamed, workload

C08 = rule("C08")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="a size"),
        pytest.param(workload(pod={"volumes": []}, volumeMounts=[]), id="none at all"),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(C08, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            workload(pod={"volumes": [{"name": "tmp", "emptyDir": {}}]}), "fill the disk of its node", id="no size"
        ),
        pytest.param(
            workload(pod={"volumes": [{"name": "tmp", "emptyDir": {"medium": "Memory"}}]}),
            "fill the memory of its node",
            id="no size, in memory",
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(C08, bad)
