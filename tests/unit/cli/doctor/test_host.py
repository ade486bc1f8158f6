"""Folders, secrets, devices and the address of the machine itself; its cards."""

from __future__ import annotations

from typing import Any

import pytest

from cli.diagnostics.check import Check
from cli.doctor.facts import PathFacts
from fleet.model import Vendor
from fleet.plan.planner import plan_stack
from tests.unit.cli.trial_machine import (
    SSH,
    alpha,
    daemon,
    examined,
    fleet,
    host,
    machine,
    on,
    reported,
    with_card,
    with_container,
)

FOLDER, SECRET, DEVICE, ADDRESS = "/srv/hub", "/srv/fleet/secrets/camera-key", "/dev/video0", "192.168.9.10"
REMOTE = "not visible over the Docker API"


def here(subject: str, check: str, found: PathFacts | None) -> tuple[str, str, str]:
    """What is reported about a path with these facts, or a missing one."""
    paths = {**host().paths, subject: found}
    return reported(examined(machine(host=host(paths=paths))), subject, check)


def far(subject: str, check: str) -> tuple[str, str, str]:
    """What is reported about it on a remote machine."""
    return reported(examined(machine(host=None), on({"connection": SSH})), subject, check)


def folder(**changes: Any) -> PathFacts:
    return PathFacts(**{"is_folder": True, "uid": 10001, "gid": 10001, "mode": 0o770, **changes})


def secret(**changes: Any) -> PathFacts:
    return folder(**{"is_folder": False, "mode": 0o400, **changes})


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (folder(), ("good", "for volume alpha-hub-data: owner 10001:10001, mode 770", "")),
        (folder(uid=0, gid=0, mode=0o777), ("good", "for volume alpha-hub-data: owner 0:0, mode 777", "")),
        (folder(uid=0, gid=10001), ("good", "for volume alpha-hub-data: owner 0:10001, mode 770", "")),
        (
            None,
            (
                "wrong",
                "for volume alpha-hub-data: does not exist",
                "sudo install -d -o 10001 -g 10001 -m 0770 /srv/hub",
            ),
        ),
        (
            folder(uid=0, gid=0, mode=0o755),
            (
                "wrong",
                "for volume alpha-hub-data: 10001:10001 may not use it (owner 0:0, mode 755)",
                "sudo chown 10001:10001 /srv/hub",
            ),
        ),
        (
            # The owner's bits decide, although others may write.
            folder(mode=0o577),
            (
                "wrong",
                "for volume alpha-hub-data: 10001:10001 may not use it (owner 10001:10001, mode 577)",
                "sudo chown 10001:10001 /srv/hub",
            ),
        ),
        (
            folder(is_folder=False),
            ("wrong", "for volume alpha-hub-data: is not a folder", "sudo ls -ldn /srv/hub"),
        ),
    ],
)
def test_a_bind_folder(found: PathFacts | None, expected: tuple[str, str, str]) -> None:
    assert here(FOLDER, "bind folder", found) == expected


def test_a_folder_that_is_only_read_need_not_be_writable() -> None:
    mounts = tuple(
        type(mount)(mount.volume, mount.path, read_only=True) for mount in alpha().groups[0].containers[0].mounts
    )
    paths = {**host().paths, FOLDER: folder(uid=0, gid=0, mode=0o755)}
    checks = examined(machine(host=host(paths=paths)), with_container("hub", mounts=mounts))
    assert reported(checks, FOLDER, "bind folder")[0] == "good"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (secret(), ("good", "owner 10001:10001, mode 400", "")),
        (
            None,
            (
                "wrong",
                "does not exist",
                f"sudo install -D -o 10001 -g 10001 -m 0400 /dev/stdin {SECRET}",
            ),
        ),
        (secret(is_folder=True), ("wrong", "is not a file", f"sudo ls -ldn {SECRET}")),
        (
            secret(uid=0, gid=0),
            ("wrong", "10001:10001 may not read it (owner 0:0, mode 400)", f"sudo chown 10001:10001 {SECRET}"),
        ),
        (
            secret(mode=0o444),
            (
                "warning",
                "readable by everyone on the machine (owner 10001:10001, mode 444)",
                f"sudo chmod o= {SECRET}",
            ),
        ),
    ],
)
def test_a_secret(found: PathFacts | None, expected: tuple[str, str, str]) -> None:
    assert here(SECRET, "secret", found) == expected


def test_a_device_that_is_not_there_is_wrong() -> None:
    figure = "does not exist: Docker rejects containers that request it"
    mend = "load its driver, or remove it from machine.devices in Pulumi.alpha.yaml and from the group"
    assert here(DEVICE, "device", None) == ("wrong", figure, mend)


@pytest.mark.parametrize(
    ("subject", "check", "what"),
    [(FOLDER, "bind folder", "for volume alpha-hub-data: "), (SECRET, "secret", ""), (DEVICE, "device", "")],
)
def test_what_only_the_machine_shows_is_unknown_from_afar(subject: str, check: str, what: str) -> None:
    show = f"ssh -t owner@192.168.9.10 'sudo ls -ldn {subject}'"
    assert far(subject, check) == ("unknown", f"{what}{REMOTE}", show)


def test_what_the_user_may_not_look_at_is_unknown() -> None:
    blind = {path: found for path, found in host().paths.items() if path != SECRET}
    checks = examined(machine(host=host(paths=blind)))
    assert reported(checks, SECRET, "secret") == ("unknown", "permission denied", f"sudo ls -ldn {SECRET}")


def test_the_lan_address_of_another_machine_is_wrong() -> None:
    figure = "is not an address of this machine: no port can be opened on it"
    mend = "correct machine.lan_address in Pulumi.alpha.yaml; `ip -4 -brief address` shows this machine's"
    checks = examined(machine(host=host(own_address=False)))
    assert reported(checks, ADDRESS, "LAN address") == ("wrong", figure, mend)


def test_the_lan_address_of_a_remote_machine() -> None:
    assert far(ADDRESS, "LAN address") == ("good", "the connection uses it", "")
    named = on({"connection": "ssh://owner@alpha.lan"})
    expected = ("unknown", REMOTE, "ssh -t owner@alpha.lan 'ip -4 -brief address'")
    assert reported(examined(machine(host=None), named), ADDRESS, "LAN address") == expected


@pytest.mark.parametrize(
    ("runtimes", "devices", "status"),
    [
        ({"runc", "nvidia"}, None, "good"),
        ({"runc"}, {"nvidia.com/gpu=0"}, "good"),
        ({"runc"}, {"vendor.com/net=0"}, "wrong"),
        ({"runc"}, None, "wrong"),
    ],
)
def test_the_container_toolkit(runtimes: set[str], devices: set[str] | None, status: str) -> None:
    facts = daemon(runtimes=frozenset(runtimes), cdi_devices=None if devices is None else frozenset(devices))
    reported_status, figure, mend = reported(examined(machine(daemon=facts)), "gpu0", "container toolkit")
    assert reported_status == status
    if status == "wrong":
        assert figure == "the daemon has no runtime nvidia (runc) and lists no CDI device"
        assert mend == (
            "install nvidia-container-toolkit, then "
            "sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker"
        )


@pytest.mark.parametrize(
    ("devices", "expected"),
    [
        ({"nvidia.com/gpu=0"}, ("good", "the daemon lists nvidia.com/gpu=0", "")),
        (
            {"nvidia.com/gpu=1"},
            (
                "wrong",
                "the daemon has no CDI device nvidia.com/gpu=0 (nvidia.com/gpu=1)",
                "sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml",
            ),
        ),
        (
            None,
            (
                "unknown",
                "this daemon version does not list CDI devices, so nvidia.com/gpu=0 cannot be checked",
                "nvidia-ctk cdi list",
            ),
        ),
    ],
)
def test_a_card_that_is_given_by_its_cdi_name(devices: set[str] | None, expected: tuple[str, str, str]) -> None:
    gpu = alpha().machine.gpus["gpu0"].model_copy(update={"driver": "cdi", "device": "nvidia.com/gpu=0"})
    facts = daemon(cdi_devices=None if devices is None else frozenset(devices))
    checks = examined(machine(daemon=facts), with_card(gpu))
    assert reported(checks, "gpu0", "container toolkit") == expected


def test_a_card_of_the_nvidia_driver_is_lost_when_systemd_reloads() -> None:
    def seen(**changes: Any) -> tuple[str, str, str]:
        return reported(examined(machine(daemon=daemon(**changes))), "gpu0", "daemon reload")

    assert seen() == ("good", "the cgroup driver cgroupfs keeps the card", "")
    assert seen(cgroup_driver="")[0] == "unknown"
    status, figure, fix = seen(cgroup_driver="systemd")
    assert (status, "takes the card from running containers" in figure) == ("warning", True)
    assert fix.startswith("set driver: cdi and device: nvidia.com/gpu=<name> under machine.gpus.gpu0, or put")
    gpu = alpha().machine.gpus["gpu0"].model_copy(update={"driver": "cdi", "device": "nvidia.com/gpu=0"})
    checks = examined(machine(daemon=daemon(cgroup_driver="systemd")), with_card(gpu))
    assert "daemon reload" not in {check.check for check in checks}


UUID = "GPU-11111111-2222-3333-4444-555555555555"
ELSE = "GPU-99999999-2222-3333-4444-555555555555"


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({UUID, ELSE}, ("good", f"the driver lists {UUID}", "")),
        ({ELSE}, ("wrong", f"no card has UUID {UUID} ({ELSE})", "set machine.gpus.gpu0.device to one")),
        (set(), ("unknown", "the driver lists no card before one is used", "nvidia-smi -L")),
        (None, ("unknown", REMOTE, "nvidia-smi -L")),
    ],
)
def test_a_card_that_is_given_by_its_uuid(known: set[str] | None, expected: tuple[str, str, str]) -> None:
    gpu = alpha().machine.gpus["gpu0"].model_copy(update={"device": UUID})
    seen = None if known is None else host(nvidia_cards=frozenset(known))
    assert reported(examined(machine(host=seen), with_card(gpu)), "gpu0", "UUID") == expected


def test_a_driver_that_is_not_loaded_is_wrong() -> None:
    checks = examined(machine(host=host(nvidia_driver="")))
    expected = ("wrong", "no NVIDIA driver is loaded", "sudo apt install nvidia-driver && sudo reboot")
    assert reported(checks, "gpu0", "driver") == expected


def test_a_driver_without_mps_is_wrong_where_the_card_is_shared() -> None:
    checks = examined(machine(host=host(mps_program=False)))
    expected = (
        "wrong",
        "the driver lacks nvidia-cuda-mps-control",
        "sudo apt install nvidia-cuda-mps",
    )
    assert reported(checks, "gpu0", "MPS") == expected


def test_driver_and_mps_of_a_remote_machine_are_unknown() -> None:
    assert far("gpu0", "driver") == ("unknown", REMOTE, "ssh -t owner@192.168.9.10 nvidia-smi")
    assert far("gpu0", "MPS") == (
        "unknown",
        f"whether the driver includes nvidia-cuda-mps-control is {REMOTE}",
        "ssh -t owner@192.168.9.10 'which nvidia-cuda-mps-control'",
    )


def test_a_stack_without_gpu_needs_nothing_of_a_card() -> None:
    plan = plan_stack(fleet(), "alpha", without_gpu=True)
    assert "gpu0" not in {check.subject for check in examined(machine(), plan)}


def test_a_card_of_another_maker_needs_its_device_files_and_their_groups() -> None:
    """Not the container toolkit, nor a driver of NVIDIA's."""
    amd = alpha().machine.gpus["gpu0"].model_copy(update={"vendor": Vendor.AMD, "mps": None, "group_ids": (109,)})
    node, kfd = "/dev/dri/renderD128", "/dev/kfd"

    def seen(node_facts: PathFacts | None) -> list[Check]:
        here = host(paths={kfd: PathFacts(False, 0, 44, 0o666), node: node_facts})
        return examined(machine(host=here), with_card(amd))

    checks = seen(PathFacts(False, 0, 109, 0o660))
    assert reported(checks, "gpu0", kfd) == ("good", "group 44, mode 666", "")
    assert reported(checks, "gpu0", node) == ("good", "group 109, mode 660", "")
    assert {check.check for check in checks if check.subject == "gpu0"} == {kfd, node}
    add = "add 44 to machine.gpus.gpu0.group_ids in Pulumi.alpha.yaml"
    barred = ("wrong", "agents may not use it (group 44, mode 660)", add)
    assert reported(seen(PathFacts(False, 0, 44, 0o660)), "gpu0", node) == barred
    level, figure, fix = reported(seen(None), "gpu0", node)
    assert (level, figure) == ("wrong", "does not exist: Docker rejects containers that request it")
    assert fix.startswith("load the kernel driver amdgpu, or correct machine.gpus.gpu0")
    assert reported(examined(machine(host=None), with_card(amd)), "gpu0", node)[0] == "unknown"
