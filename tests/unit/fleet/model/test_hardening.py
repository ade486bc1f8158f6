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


AS_IMAGE = {"as_image": EXCUSE}


def test_what_an_image_decides_on_is_excused_at_once() -> None:
    hardening = Hardening.model_validate(AS_IMAGE)
    assert hardening.user is None
    assert hardening.weakened == {"as_image"}
    assert [path for path in hardening.excused] == [("as_image",)]
    resolved = hardening.resolved(stands_in=False)
    assert (resolved.read_only_root, dict(resolved.tmpfs), resolved.no_new_privileges) == (False, {}, True)
    own = Hardening.model_validate({**AS_IMAGE, "tmpfs": {"/scratch": "1MiB"}}).resolved(stands_in=False)
    assert dict(own.tmpfs) == {"/scratch": 1}
    assert hardening.resolved(stands_in=True).weakened == frozenset()


def test_what_is_left_to_the_image_is_not_set_beside_it() -> None:
    for field, value in {"run_as": "10002:10002", "read_only_root": True, "capabilities": []}.items():
        message = problem(Hardening.model_validate, obj={**AS_IMAGE, field: value})
        assert f"{field}: as_image leaves it to the image; drop it, or drop as_image" in message
    excused = Hardening.model_validate({**AS_IMAGE, "seccomp": "unconfined", "exceptions": {"seccomp": EXCUSE}})
    assert excused.weakened == {"as_image", "seccomp"}


def test_the_agent_host_is_not_left_to_its_image() -> None:
    assert "the agent host's image needs none of it" in problem(make_container, hardening=AS_IMAGE)
    ready = make_container(build=None, image={"reference": "docker.io/library/box:1"}, hardening=AS_IMAGE)
    assert ready.home == ""


def test_only_a_folder_in_memory_is_made_executable() -> None:
    assert Hardening.model_validate({"executable": ["/tmp"]}).executable == ("/tmp",)
    assert "executable.0: /data is not a folder in memory; add it to hardening.tmpfs with its size" in problem(
        Hardening.model_validate, obj={"executable": ["/data"]}
    )
