"""D11 pull-policy."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import judged
from tests.policy.kubernetes_builders import blamed, workload

D11 = rule("D11")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="a digest, pulled once"),
        pytest.param(workload(imagePullPolicy=None), id="a digest, by default"),
        pytest.param(
            workload(image="ghcr.io/acme/agent:1.2.3", imagePullPolicy="Always"), id="a tag, asked for each time"
        ),
        pytest.param(workload(image="ghcr.io/acme/agent", imagePullPolicy=None), id="no tag, by default"),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(D11, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(workload(imagePullPolicy="Always"), "a digest never changes", id="a digest, asked for each time"),
        pytest.param(
            workload(imagePullPolicy="Never"), "a new node never pulls the image", id="a digest, never pulled"
        ),
        pytest.param(
            workload(image="ghcr.io/acme/agent:1.2.3", imagePullPolicy=None),
            'pull_policy is "IfNotPresent" by default, but a tag may change',
            id="a tag, by default",
        ),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(D11, bad)
