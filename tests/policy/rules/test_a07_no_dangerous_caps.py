"""A07 no-dangerous-caps."""

from __future__ import annotations

import pytest

from policy.core.verdict import Kind
from policy.engine.catalogue import rule
from policy.views.registered import UNKNOWN, Registered
from tests.policy.builders import container, judged, verdicts, violation
from tests.policy.kubernetes_builders import blamed, secure, workload

A07 = rule("A07")


@pytest.mark.parametrize(
    "added",
    [
        pytest.param([], id="nothing"),
        pytest.param(["CAP_NET_BIND_SERVICE"], id="a harmless one"),
        pytest.param(["CAP_CHOWN"], id="one that only A06 minds"),
    ],
)
def test_it_holds_when_it_adds(added: list[str]) -> None:
    assert judged(A07, container(capabilities={"adds": added})) == {}


@pytest.mark.parametrize("name", ["SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "DAC_READ_SEARCH", "NET_RAW", "NET_ADMIN"])
@pytest.mark.parametrize("prefix", [pytest.param("", id="bare"), pytest.param("CAP_", id="prefixed")])
def test_it_fails_when_it_adds(name: str, prefix: str) -> None:
    message = violation(A07, container(capabilities={"drops": ["ALL"], "adds": [prefix + name]}))
    assert f"capabilities_added holds CAP_{name}" in message
    assert "remove it from containers.main.hardening.capabilities" in message


def test_it_fails_when_it_adds_all() -> None:
    assert "holds ALL" in violation(A07, container(capabilities={"adds": ["ALL"]}))


def test_the_known_ones_are_judged_though_another_is_unknown() -> None:
    found = verdicts(A07, container(capabilities={"adds": ["SYS_ADMIN", UNKNOWN]}))
    assert [verdict.kind for verdict in found] == [Kind.VIOLATION, Kind.UNKNOWN]


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(workload(), id="none added"),
    ],
)
def test_on_a_cluster_it_holds_with(good: Registered) -> None:
    assert judged(A07, good) == {}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(
            workload(securityContext=secure(capabilities={"drop": ["ALL"], "add": ["SYS_ADMIN"]})),
            "capabilities_added holds CAP_SYS_ADMIN",
            id="a way to the host",
        ),
    ],
)
def test_on_a_cluster_it_fails_with(bad: Registered, says: str) -> None:
    assert says in blamed(A07, bad)
