"""G07 mps-uid."""

from __future__ import annotations

import pytest

from policy.core.verdict import Kind
from policy.engine.catalogue import rule
from policy.views.registered import UNKNOWN
from tests.policy.builders import card, container, gpu_container, judged, machine, verdicts, violation

G07 = rule("G07")


def test_it_holds_when_all_clients_run_as_the_user_served() -> None:
    assert judged(G07, machine(), gpu_container("a"), gpu_container("b", user="10001:20000")) == {}


@pytest.mark.parametrize(
    ("user", "says"),
    [
        pytest.param("10002:10001", 'user is "10002:10001"', id="another uid"),
        pytest.param("agent", 'user is "agent"', id="a name that only the image knows"),
        pytest.param(None, "user is not set", id="none"),
    ],
)
def test_it_fails_when_a_client_runs_as(user: str | None, says: str) -> None:
    message = violation(G07, gpu_container(user=user), machine(), gpu_container("b"))
    assert says in message
    assert "MPS on gpu0 of mainpc (RTX 4090) serves uid 10001" in message
    assert "set containers.main.hardening.run_as to 10001:10001" in message


def test_the_uid_of_most_clients_counts_where_none_is_set_up() -> None:
    unset = machine(gpus={"gpu0": card(mpsUid=None)})
    clients = [gpu_container("a", user="7:7"), gpu_container("b", user="7:7"), gpu_container("c", user="8:8")]
    assert list(judged(G07, unset, *clients)) == ["c"]


@pytest.mark.parametrize(
    "gpus",
    [pytest.param({"gpu0": card(mps=False)}, id="a card without MPS"), pytest.param({}, id="no card")],
)
def test_users_may_differ_on(gpus: dict[str, object]) -> None:
    assert judged(G07, machine(gpus=gpus), gpu_container("a"), gpu_container("b", user="7:7")) == {}


def test_a_container_without_a_gpu_may_run_as_anybody() -> None:
    assert judged(G07, machine(), container(user="7:7")) == {}


def test_a_client_whose_user_is_unknown_is_left_out_and_named() -> None:
    found = verdicts(G07, machine(), gpu_container("a", user=UNKNOWN), gpu_container("b"))
    assert [(verdict.kind, verdict.resource, verdict.field) for verdict in found] == [(Kind.UNKNOWN, "a", "user")]
