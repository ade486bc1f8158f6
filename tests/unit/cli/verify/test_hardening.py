"""How a container is locked down and limited, against the render that was deployed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.cli.trial_machine import DOCKER, MIB, UP, alpha, live, live_with, reported, verified, with_container

RECREATE = f"{DOCKER} rm -f hub && {UP}"


@pytest.mark.parametrize(
    ("host", "figure"),
    [
        ({"ReadonlyRootfs": False}, "root writable, planned read-only"),
        ({"CapDrop": None}, "dropped capabilities none, planned ALL"),
        ({"CapAdd": ["CAP_NET_ADMIN"]}, "added capabilities NET_ADMIN, planned none"),
        ({"Privileged": True}, "privileged yes, planned no"),
        ({"SecurityOpt": None}, "security options none, planned no-new-privileges=true"),
        (
            {"SecurityOpt": ["no-new-privileges:true", "seccomp=unconfined"]},
            "security options no-new-privileges=true, seccomp=unconfined, planned no-new-privileges=true",
        ),
        ({"IpcMode": "host"}, "IPC host, planned private"),
        ({"Init": False}, "init no, planned yes"),
        ({"Tmpfs": None}, "tmpfs none, planned /tmp (rw,nosuid,nodev,noexec,mode=1777,size=64m)"),
        ({"Devices": [{"PathOnHost": "/dev/kvm"}]}, "devices /dev/kvm, planned none"),
    ],
)
def test_weaker_hardening_is_wrong(host: dict[str, Any], figure: str) -> None:
    assert reported(verified(live_with("hub", host=host)), "hub", "hardening") == ("wrong", figure, RECREATE)


@pytest.mark.parametrize(("user", "shown"), [("", "the image's own"), ("0:0", "0:0")])
def test_another_user_is_wrong(user: str, shown: str) -> None:
    expected = ("wrong", f"user {shown}, planned 10001:10001", RECREATE)
    assert reported(verified(live_with("hub", user=user)), "hub", "hardening") == expected


@pytest.mark.parametrize("option", ["no-new-privileges", "no-new-privileges:true", "no-new-privileges=true"])
def test_an_option_may_be_spelled_in_several_ways(option: str) -> None:
    assert reported(verified(live_with("hub", host={"SecurityOpt": [option]})), "hub", "hardening")[0] == "good"


def test_all_differences_are_reported_at_once() -> None:
    checks = verified(live_with("hub", user="0:0", host={"ReadonlyRootfs": False}))
    figure = "user 0:0, planned 10001:10001; root writable, planned read-only"
    assert reported(checks, "hub", "hardening")[1] == figure


def test_hardening_as_planned() -> None:
    figure = "10001:10001, read-only root, no capabilities, no new privileges"
    assert reported(verified(live()), "hub", "hardening") == ("good", figure, "")
    assert reported(verified(live()), "eyes", "hardening")[0] == "good"


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
    host = {"ReadonlyRootfs": False, "CapAdd": ["CAP_NET_RAW"], "IpcMode": "host", "SecurityOpt": ["label=disable"]}
    checks = verified(live_with("hub", host=host), with_container("hub", hardening=weaker))
    figure = "10001:10001, writable root, NET_RAW, new privileges allowed"
    assert reported(checks, "hub", "hardening") == ("good", figure, "")


@pytest.mark.parametrize(
    ("host", "figure"),
    [
        ({"Memory": 0}, "memory no limit, planned 128 MiB"),
        ({"Memory": 256 * MIB}, "memory 256 MiB, planned 128 MiB"),
        ({"MemorySwap": -1}, "memory with swap no limit, planned 128 MiB"),
        ({"NanoCpus": 0}, "CPUs no limit, planned 0.5"),
        ({"CpuShares": 1024}, "CPU shares 1024, planned 102"),
        ({"Ulimits": [{"Name": "nofile", "Hard": 16384}]}, "processes no limit, planned 16384"),
        (
            {"Ulimits": [{"Name": "nproc", "Hard": 16384}, {"Name": "nofile", "Hard": 1048576}]},
            "open files 1048576, planned 16384",
        ),
        ({"ShmSize": 128 * MIB}, "shared memory size 128 MiB, planned 64 MiB"),
    ],
)
def test_a_limit_that_differs_is_wrong(host: dict[str, Any], figure: str) -> None:
    assert reported(verified(live_with("hub", host=host)), "hub", "limits") == ("wrong", figure, RECREATE)


def test_limits_as_planned() -> None:
    figure = "128 MiB memory without swap, 0.5 CPUs, 16 384 processes"
    assert reported(verified(live()), "hub", "limits") == ("good", figure, "")


def test_the_size_of_a_shared_memory_that_is_a_volume_is_the_volumes() -> None:
    checks = verified(live_with("eyes", host={"ShmSize": 1}))
    assert reported(checks, "eyes", "limits")[0] == "good"
