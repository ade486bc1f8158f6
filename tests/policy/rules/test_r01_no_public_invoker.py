"""R01 no-public-invoker."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.cloudrun_builders import blamed_on_run, member, run_service

R01 = rule("R01")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(run_service(), id="a service that asks"),
        pytest.param(member(), id="a named member"),
        pytest.param(member(kind="cloudrun/iamMember:IamMember", service="portal"), id="one of the first version"),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(R01, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            member("bad", member="allUsers"),
            'member is "allUsers": everyone has roles/run.invoker on portal',
            id="everybody",
        ),
        pytest.param(
            member("bad", member="allAuthenticatedUsers"),
            "everyone with a Google account",
            id="everybody with an account",
        ),
        pytest.param(
            member("bad", kind="cloudrun/iamMember:IamMember", member="allUsers"),
            'member is "allUsers"',
            id="everybody, in the first version",
        ),
        pytest.param(
            member(
                "bad",
                kind="cloudrunv2/serviceIamBinding:ServiceIamBinding",
                member=None,
                members=["user:a@b.example", "allUsers"],
            ),
            'member is "allUsers"',
            id="a binding",
        ),
        pytest.param(
            member("bad", kind="cloudrun/iamBinding:IamBinding", member=None, members=["allUsers"]),
            'member is "allUsers"',
            id="a binding of the first version",
        ),
        pytest.param(
            member("bad", kind="cloudrunv2/jobIamMember:JobIamMember", member="allUsers"),
            'member is "allUsers"',
            id="a job",
        ),
        pytest.param(
            member(
                "bad", kind="cloudrunv2/workerPoolIamBinding:WorkerPoolIamBinding", member=None, members=["allUsers"]
            ),
            'member is "allUsers"',
            id="a worker pool",
        ),
        pytest.param(
            member(
                "bad",
                kind="cloudrunv2/serviceIamPolicy:ServiceIamPolicy",
                member=None,
                role=None,
                policyData='{"bindings": [{"role": "roles/run.invoker", "members": ["allUsers"]}]}',
            ),
            'member is "allUsers"',
            id="a policy as JSON",
        ),
        pytest.param(
            run_service("bad", invokerIamDisabled=True), "open_to_all is true (invokerIamDisabled)", id="nobody asked"
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed_on_run(R01, bad)
