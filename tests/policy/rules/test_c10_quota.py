"""C10 quota."""

from __future__ import annotations

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import container, judged
from tests.policy.kubernetes_builders import kubernetes, workload

C10 = rule("C10")


QUOTA = kubernetes("core/v1:ResourceQuota", "quota", spec={})
LIMITS = kubernetes("core/v1:LimitRange", "limits", spec={})


def test_it_holds_with_both() -> None:
    assert judged(C10, workload(), workload("other"), QUOTA, LIMITS) == {}


def test_it_holds_without_pods() -> None:
    assert judged(C10, container()) == {}


@pytest.mark.parametrize(
    ("has", "says"),
    [
        pytest.param([QUOTA], "has no LimitRange", id="a quota alone"),
        pytest.param([LIMITS], "has no ResourceQuota", id="a limit range alone"),
        pytest.param(
            [LIMITS, kubernetes("core/v1:ResourceQuota", "quota", "other")], "has no ResourceQuota", id="another's"
        ),
    ],
)
def test_it_fails_once_a_namespace_with(has: list[Registered], says: str) -> None:
    found = judged(C10, workload(), workload("other"), *has)
    assert list(found) == ["agent"]
    assert f'namespace "agents" {says}' in found["agent"]
