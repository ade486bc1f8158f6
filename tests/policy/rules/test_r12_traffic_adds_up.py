"""R12 traffic-adds-up."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.cloudrun_builders import blamed_on_run, run_service, worker_pool

R12 = rule("R12")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(run_service(), id="the newest"),
        pytest.param(run_service(traffics=None), id="nothing said"),
        pytest.param(
            run_service(
                traffics=[{"percent": 90, "revision": "p-blue"}, {"percent": 10, "revision": "p-green", "tag": "green"}]
            ),
            id="a canary",
        ),
        pytest.param(
            run_service(
                traffics=[{"percent": 100, "revision": "p-blue"}, {"percent": 0, "revision": "p-green", "tag": "green"}]
            ),
            id="one to look at",
        ),
        pytest.param(
            worker_pool(instanceSplits=[{"percent": 60, "revision": "a"}, {"percent": 40, "revision": "b"}]),
            id="a pool's split",
        ),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(R12, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            run_service(
                "bad",
                traffics=[{"percent": 90, "revision": "p-blue"}, {"percent": 9, "revision": "p-green", "tag": "green"}],
            ),
            "traffic adds up to 99 percent",
            id="one too few",
        ),
        pytest.param(
            run_service("bad", traffics=[{"percent": 101, "revision": "p-blue"}]),
            "traffic adds up to 101 percent",
            id="one too many",
        ),
        pytest.param(
            run_service(
                "bad",
                traffics=[
                    {"percent": 110, "revision": "p-blue"},
                    {"percent": -10, "revision": "p-green", "tag": "green"},
                ],
            ),
            "a share that is not between",
            id="less than nothing",
        ),
        pytest.param(
            run_service(
                "bad", traffics=[{"percent": 90, "revision": "p-blue"}, {"percent": 10, "revision": "p-green"}]
            ),
            "traffic is split without a tag",
            id="no tag",
        ),
        pytest.param(
            run_service(
                "bad",
                traffics=[
                    {"percent": 90, "revision": "p-blue", "tag": "one"},
                    {"percent": 10, "revision": "p-green", "tag": "one"},
                ],
            ),
            "the tag one twice",
            id="one tag for two",
        ),
        pytest.param(
            run_service("bad", traffics=[{"percent": 100}, *({"percent": 0, "tag": f"t{n}"} for n in range(2001))]),
            "traffic has 2001 tags",
            id="too many tags",
        ),
        pytest.param(
            worker_pool("bad", instanceSplits=[{"percent": 60}]), "traffic adds up to 60 percent", id="a pool's split"
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed_on_run(R12, bad)
