"""How a container is locked down and limited, against the render that was deployed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.cli.trial_machine import DOCKER, MIB, UP, alpha, live, live_with, told, verified, with_container

RECREATE = f"{DOCKER} rm -f hub && {UP}"


@pytest.mark.parametrize(
    ("locks", "figure"),
    [
        ({"user": ""}, "user the image's own, planned 10001:10001"),
        ({"user": "0:0"}, "user 0:0, planned 10001:10001"),
        ({"read_only_root": False}, "root writable, planned read-only"),
        ({"drops": frozenset()}, "dropped capabilities none, planned ALL"),
        ({"adds": frozenset({"NET_ADMIN"})}, "added capabilities NET_ADMIN, planned none"),
        ({"privileged": True}, "privileged yes, planned no"),
        ({"security_options": frozenset()}, "security options none, planned no-new-privileges=true"),
        (
            {"security_options": frozenset({"no-new-privileges=true", "seccomp=unconfined"})},
            "security options no-new-privileges=true, seccomp=unconfined, planned no-new-privileges=true",
        ),
        ({"ipc_mode": "host"}, "IPC host, planned private"),
        ({"init": False}, "init no, planned yes"),
        ({"tmpfs": {}}, "tmpfs none, planned /tmp (rw,nosuid,nodev,noexec,mode=1777,size=64m)"),
        ({"devices": frozenset({"/dev/kvm"})}, "devices /dev/kvm, planned none"),
    ],
)
def test_a_lock_that_is_open_is_wrong(locks: dict[str, Any], figure: str) -> None:
    assert told(verified(live_with("hub", hardening=locks)), "hub", "hardening") == ("wrong", figure, RECREATE)


def test_all_open_locks_are_told_at_once() -> None:
    checks = verified(live_with("hub", hardening={"user": "0:0", "read_only_root": False}))
    figure = "user 0:0, planned 10001:10001; root writable, planned read-only"
    assert told(checks, "hub", "hardening")[1] == figure


def test_locks_as_planned() -> None:
    figure = "10001:10001, read-only root, no capabilities, no new privileges"
    assert told(verified(live()), "hub", "hardening") == ("good", figure, "")
    assert told(verified(live()), "eyes", "hardening")[0] == "good"


def test_a_weakening_that_is_planned_is_not_wrong() -> None:
    weaker = (
        alpha()
        .groups[0]
        .containers[0]
        .hardening.model_copy(
            update={
                "read_only_root": False,
                "capabilities": ("CAP_NET_RAW",),
                "host_ipc": True,
                "no_new_privileges": False,
            }
        )
    )
    locks = {
        "read_only_root": False,
        "adds": frozenset({"NET_RAW"}),
        "ipc_mode": "host",
        "security_options": frozenset({"label=disable"}),
    }
    checks = verified(live_with("hub", hardening=locks), with_container("hub", hardening=weaker))
    figure = "10001:10001, writable root, NET_RAW, new privileges allowed"
    assert told(checks, "hub", "hardening") == ("good", figure, "")


@pytest.mark.parametrize(
    ("limits", "figure"),
    [
        ({"memory": 0}, "memory no limit, planned 128 MiB"),
        ({"memory": 256 * MIB}, "memory 256 MiB, planned 128 MiB"),
        ({"memory_and_swap": -1}, "memory with swap no limit, planned 128 MiB"),
        ({"cpu_millicores": 0}, "CPUs no limit, planned 0.5"),
        ({"cpu_shares": 1024}, "CPU shares 1024, planned 102"),
        ({"processes": 0}, "processes no limit, planned 16384"),
        ({"open_files": 1048576}, "open files 1048576, planned 16384"),
        ({"shared_memory": 128 * MIB}, "shared memory size 128 MiB, planned 64 MiB"),
    ],
)
def test_a_limit_that_differs_is_wrong(limits: dict[str, Any], figure: str) -> None:
    assert told(verified(live_with("hub", limits=limits)), "hub", "limits") == ("wrong", figure, RECREATE)


def test_limits_as_planned() -> None:
    figure = "128 MiB memory without swap, 0.5 CPUs, 16 384 processes"
    assert told(verified(live()), "hub", "limits") == ("good", figure, "")


def test_the_size_of_a_shared_memory_that_is_a_volume_is_the_volumes() -> None:
    checks = verified(live_with("eyes", limits={"shared_memory": 1}))
    assert told(checks, "eyes", "limits")[0] == "good"
