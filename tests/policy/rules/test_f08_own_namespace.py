"""F08 own-namespace."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.rules.f08_own_namespace import ENFORCE
from policy.views.registered import Registered
from tests.policy.builders import judged, provider
from tests.policy.kubernetes_builders import blamed, kubernetes, namespace, template, workload

F08 = rule("F08")


def _in(place: str | None) -> Registered:
    return kubernetes("apps/v1:Deployment", "agent", place, spec={"template": template()})


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="a namespace of its own"),
        pytest.param(namespace(), id="one under the restricted standard"),
        pytest.param(namespace(**{ENFORCE: "baseline"}), id="one under the baseline"),
    ],
)
def test_it_holds_with(good: Registered) -> None:
    assert judged(F08, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(_in(None), 'namespace is "default"', id="none"),
        pytest.param(_in("kube-system"), 'namespace is "kube-system"', id="the system's"),
        pytest.param(namespace(**{ENFORCE: None}), "is not set", id="no standard"),
        pytest.param(namespace(**{ENFORCE: "privileged"}), 'is "privileged"', id="a standard that is none"),
    ],
)
def test_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(F08, bad)


def test_a_provider_s_namespace_counts() -> None:
    assert judged(F08, provider("k", "kubernetes", namespace="team"), _in(None)) == {}
