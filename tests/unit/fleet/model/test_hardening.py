"""Hardening: on by default, and weaker only with a reason and an end date."""

from __future__ import annotations

import pytest

from fleet.model import Hardening, Mps
from fleet.model.machine import DeviceAccess
from tests.unit.fleet.models import make_container, problem


def test_hardening_is_on_without_being_asked_for() -> None:
    hardening = make_container().hardening
    assert (hardening.run_as.uid, hardening.run_as.gid) == (10001, 10001)
    assert hardening.read_only_root
    assert hardening.no_new_privileges
    assert hardening.capabilities == ()
    assert hardening.seccomp == "default"
    assert not hardening.host_ipc
    assert dict(hardening.tmpfs) == {"/tmp": 64}
    assert hardening.weakened == frozenset()


WEAKENINGS = {
    "run_as": {"run_as": "0:0"},
    "read_only_root": {"read_only_root": False},
    "no_new_privileges": {"no_new_privileges": False},
    "capabilities": {"capabilities": ["CAP_NET_ADMIN"]},
    "seccomp": {"seccomp": "unconfined"},
    "host_ipc": {"host_ipc": True},
}
EXCUSE = {"reason": "the driver asks for it", "until": "2027-01-31"}


@pytest.mark.parametrize("field", WEAKENINGS)
def test_a_weakened_field_needs_an_exception(field: str) -> None:
    assert problem(Hardening.model_validate, obj=WEAKENINGS[field]) == (
        f"Value error, {field}: weaker than the default without a reason; "
        f"add hardening.exceptions.{field} with reason and until, or drop the field"
    )


@pytest.mark.parametrize("field", WEAKENINGS)
def test_a_weakened_field_with_reason_and_end_date_is_accepted(field: str) -> None:
    hardening = Hardening.model_validate({**WEAKENINGS[field], "exceptions": {field: EXCUSE}})
    assert hardening.weakened == {field}
    assert hardening.exceptions[field].until.isoformat() == "2027-01-31"  # type: ignore[index]


@pytest.mark.parametrize(
    ("excuse", "said"),
    [
        ({"until": "2027-01-31"}, "Field required"),
        ({"reason": "the driver asks for it"}, "Field required"),
        ({"reason": "because", "until": "2027-01-31"}, "String should have at least 10 characters"),
    ],
)
def test_an_exception_states_both_a_reason_and_an_end_date(excuse: dict[str, str], said: str) -> None:
    assert problem(Hardening.model_validate, obj={"run_as": "0:0", "exceptions": {"run_as": excuse}}) == said


def test_an_exception_for_a_field_that_is_not_weakened_is_refused() -> None:
    assert problem(Hardening.model_validate, obj={"exceptions": {"seccomp": EXCUSE}}) == (
        "Value error, exceptions.seccomp: the field is not weakened; drop the exception"
    )


@pytest.mark.parametrize(("run_as", "weak"), [("10001:10001", False), ("10000:10001", True), ("10001:10000", True)])
def test_user_and_group_id_count_as_high_above_10000(run_as: str, weak: bool) -> None:
    exceptions = {"run_as": EXCUSE} if weak else {}
    assert bool(Hardening.model_validate({"run_as": run_as, "exceptions": exceptions}).weakened) is weak


@pytest.mark.parametrize("user", ["root", "10001", "10001:", "-1:5", 10001, None])
def test_a_user_is_a_pair_of_numbers(user: object) -> None:
    assert "is not a user; write numeric uid:gid, like 10001:10001" in problem(
        Hardening.model_validate, obj={"run_as": user}
    )


@pytest.mark.parametrize("capability", ["NET_ADMIN", "cap_net_admin", "CAP_", "CAP_FOO", "CAP_NET_ADMIN "])
def test_a_capability_is_written_as_the_daemon_stores_it(capability: str) -> None:
    assert "is not a capability of Linux; " in problem(Hardening.model_validate, obj={"capabilities": [capability]})


def test_ids_are_those_that_runtimes_take() -> None:
    assert str(Hardening.model_validate({"run_as": "2147483647:2147483647"}).run_as) == "2147483647:2147483647"
    for run_as in ("2147483648:10001", "10001:2147483648", "4294967294:10001"):
        assert "less than or equal to 2147483647" in problem(Hardening.model_validate, obj={"run_as": run_as})
    assert "less than or equal to" in problem(Mps.model_validate, obj={"uid": 2147483648})
    assert "less than or equal to" in problem(DeviceAccess.model_validate, obj={"group_id": 2147483648})
