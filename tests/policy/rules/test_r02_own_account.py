"""R02 own-account."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.cloudrun_builders import ACCOUNT, blamed_on_run, job, member, run_container, run_service, worker_pool

R02 = rule("R02")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(run_service(), id="an account of its own"),
        pytest.param(job(), id="a job's"),
        pytest.param(worker_pool(), id="a pool's"),
        pytest.param(member(kind="projects/iAMMember:IAMMember", role="roles/cloudsql.client"), id="a small role"),
        pytest.param(
            member(kind="projects/iAMMember:IAMMember", role="roles/editor", member="user:owner@b.example"),
            id="a person",
        ),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(R02, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(run_service("bad", inside={"serviceAccount": None}), "service_account is not set", id="none"),
        pytest.param(
            run_service("bad", inside={"serviceAccount": "123-compute@developer.gserviceaccount.com"}),
            "which is shared with others",
            id="the compute default",
        ),
        pytest.param(job("bad", serviceAccount=None), "service_account is not set", id="a job without"),
        pytest.param(
            worker_pool("bad", template={"containers": [run_container()]}),
            "service_account is not set",
            id="a pool without",
        ),
        pytest.param(
            member("bad", kind="projects/iAMMember:IAMMember", role="roles/editor"),
            "role roles/editor gives",
            id="a role over everything",
        ),
        pytest.param(
            member(
                "bad",
                kind="projects/iAMBinding:IAMBinding",
                role="roles/owner",
                member=None,
                members=[f"serviceAccount:{ACCOUNT}"],
            ),
            "role roles/owner gives",
            id="a binding of one",
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed_on_run(R02, bad)
