"""A06 drop-all-caps."""

from __future__ import annotations

from typing import Any

import pytest

from policy.engine.catalogue import rule
from policy.views.registered import Registered
from tests.policy.builders import container, judged, violation
from tests.policy.kubernetes_builders import blamed, secure, workload

A06 = rule("A06")


@pytest.mark.parametrize(
    "capabilities",
    [
        pytest.param({"drops": ["ALL"]}, id="all dropped"),
        pytest.param({"drops": ["all"]}, id="all dropped, in small letters"),
        pytest.param({"drops": ["ALL"], "adds": ["CAP_NET_BIND_SERVICE"]}, id="the one that may come back"),
        pytest.param({"drops": ["ALL"], "adds": ["net_bind_service"]}, id="the same without its prefix"),
    ],
)
def test_it_holds_with(capabilities: Any) -> None:
    assert judged(A06, container(capabilities=capabilities)) == {}


@pytest.mark.parametrize(
    ("capabilities", "says"),
    [
        pytest.param(None, "capabilities_dropped holds nothing", id="no capabilities"),
        pytest.param({"drops": []}, "capabilities_dropped holds nothing", id="none dropped"),
        pytest.param(
            {"drops": ["CAP_NET_RAW", "chown"]},
            "capabilities_dropped holds only CAP_NET_RAW, CAP_CHOWN",
            id="single ones dropped",
        ),
        pytest.param({"drops": "ALL"}, "capabilities_dropped holds nothing", id="a text in place of a list"),
        pytest.param(
            {"drops": ["ALL"], "adds": ["CAP_NET_BIND_SERVICE", "CAP_CHOWN"]},
            "capabilities_added holds CAP_CHOWN,",
            id="one more than may come back",
        ),
        pytest.param({"drops": ["ALL"], "adds": ["ALL"]}, "capabilities_added holds ALL", id="all back again"),
    ],
)
def test_it_fails_with(capabilities: Any, says: str) -> None:
    message = violation(A06, container(capabilities=capabilities))
    assert says in message
    assert "containers.main.hardening.capabilities" in message


def test_what_may_come_back_is_a_setting() -> None:
    added = container(capabilities={"drops": ["ALL"], "adds": ["CAP_CHOWN"]})
    assert judged(A06, added, allowed=["CAP_CHOWN"]) == {}


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="all dropped"),
        pytest.param(
            workload(securityContext=secure(capabilities={"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]})),
            id="the one that may come back",
        ),
    ],
)
def test_on_a_cluster_it_holds_with(good: Registered) -> None:
    assert judged(A06, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            workload(securityContext=secure(capabilities=None)),
            "capabilities_dropped holds nothing",
            id="nothing dropped",
        ),
        pytest.param(
            workload(securityContext=secure(capabilities={"drop": ["ALL"], "add": ["CHOWN"]})),
            "capabilities_added holds CAP_CHOWN",
            id="one more",
        ),
    ],
)
def test_on_a_cluster_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(A06, bad)
