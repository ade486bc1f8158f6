"""A daemon and its kernel, judged before a deployment."""

from __future__ import annotations

from typing import Any

import pytest

from fleet.model import DeviceClass, RunAs
from fleet.plan.deployment import Deployment
from tests.unit.cli.trial_machine import (
    DOCKER,
    SSH,
    alpha,
    amiss,
    daemon,
    examined,
    machine,
    on,
    reported,
    with_container,
)

RESTART = "sudo systemctl restart docker"
SETTING = "put {} into /etc/docker/daemon.json of the machine, then " + RESTART
GRUB = "put {} into GRUB_CMDLINE_LINUX of /etc/default/grub, then sudo update-grub && sudo reboot"


def found(check: str, deployment: Deployment | None = None, **changes: Any) -> tuple[str, str, str]:
    """What is reported about a daemon with other facts."""
    return reported(examined(machine(daemon=daemon(**changes)), deployment), "daemon", check)


def test_a_machine_that_has_all_it_needs() -> None:
    checks = examined(machine())
    assert amiss(checks) == []
    assert all(check.fix == "" for check in checks)


@pytest.mark.parametrize(
    ("check", "changes", "expected"),
    [
        (
            "version",
            {"version": "19.03.15", "api_version": "1.40"},
            (
                "wrong",
                "Docker 19.03.15, API 1.40; 1.41 (Docker 20.10) or later is required",
                "curl -fsSL https://get.docker.com | sudo sh",
            ),
        ),
        (
            "architecture",
            {"arch": "arm64"},
            (
                "wrong",
                "arm64, configured amd64: its images would not start",
                "set machine.arch in Pulumi.alpha.yaml to arm64",
            ),
        ),
        (
            "memory limits",
            {"memory_limit": False},
            (
                "wrong",
                "the kernel ignores them: its memory cgroup is off",
                GRUB.format("cgroup_enable=memory swapaccount=1"),
            ),
        ),
        (
            "swap limits",
            {"swap_limit": False},
            (
                "warning",
                "the kernel ignores them: a container over its memory swaps before it is killed",
                GRUB.format("cgroup_enable=memory swapaccount=1"),
            ),
        ),
        (
            "CPU limits",
            {"cpu_limit": False},
            (
                "wrong",
                "the kernel has no CFS bandwidth control, and Docker rejects containers with a CPU limit",
                f"boot a kernel with CONFIG_CFS_BANDWIDTH; {DOCKER} info",
            ),
        ),
        (
            "IP forwarding",
            {"forwarding": False},
            (
                "wrong",
                "off: published ports are unreachable from outside",
                "sudo sysctl -w net.ipv4.ip_forward=1",
            ),
        ),
        (
            "cgroup",
            {"cgroup_version": "1"},
            (
                "warning",
                "version 1: limits are enforced, but distributions and Docker are dropping it",
                GRUB.format("systemd.unified_cgroup_hierarchy=1"),
            ),
        ),
        (
            "cgroup",
            {"cgroup_version": ""},
            ("unknown", "the daemon does not report its version", f"{DOCKER} info"),
        ),
        (
            "seccomp",
            {"security": {}},
            (
                "warning",
                "off: containers may use every system call",
                f"boot a kernel with CONFIG_SECCOMP_FILTER; {DOCKER} info",
            ),
        ),
        (
            "seccomp",
            {"security": {"seccomp": "unconfined"}},
            (
                "warning",
                "the daemon's own profile is unconfined: containers may use every system call",
                SETTING.format('"seccomp-profile": "builtin"'),
            ),
        ),
        (
            "live restore",
            {"live_restore": False},
            (
                "warning",
                "off: a restart of the daemon stops every container",
                SETTING.format('"live-restore": true'),
            ),
        ),
        (
            "user namespaces",
            {"security": {"seccomp": "default", "userns": ""}},
            (
                "warning",
                "on: owners of bind folders are shifted (alpha-hub-data)",
                "cat /etc/subuid /etc/subgid",
            ),
        ),
        (
            "user namespaces",
            {"security": {"seccomp": "default", "rootless": ""}},
            ("good", "the daemon is rootless", ""),
        ),
    ],
)
def test_a_daemon_that_lacks_something(check: str, changes: dict[str, Any], expected: tuple[str, str, str]) -> None:
    assert found(check, **changes) == expected


def test_user_namespaces_matter_where_a_container_runs_as_a_user_of_the_machine() -> None:
    hardening = alpha().groups[0].containers[0].hardening.model_copy(update={"run_as": RunAs(uid=0, gid=0)})
    expected = (
        "warning",
        "off, and these run as users of the machine: hub",
        SETTING.format('"userns-remap": "default"'),
    )
    assert found("user namespaces", with_container("hub", hardening=hardening)) == expected


def test_a_stack_that_states_a_newer_daemon_is_wrong() -> None:
    expected = (
        "wrong",
        "1.41, configured 1.44: the daemon would reject the start interval of health checks",
        'set machine.docker_api in Pulumi.alpha.yaml to "1.41"',
    )
    assert found("API", on({"docker_api": "1.44"}), api_version="1.41") == expected


def test_a_stack_that_states_an_older_daemon_could_be_quicker() -> None:
    expected = (
        "warning",
        "1.47, configured 1.41: it could detect healthy containers sooner",
        'set machine.docker_api in Pulumi.alpha.yaml to "1.47"',
    )
    assert found("API", api_version="1.47") == expected


def test_a_memory_cgroup_that_a_pi_has_off() -> None:
    pi = on({"device_class": DeviceClass.SINGLE_BOARD_COMPUTER, "connection": SSH})
    edit = 'sudo sed -i "1 s/$/ cgroup_memory=1 cgroup_enable=memory/" /boot/firmware/cmdline.txt && sudo reboot'
    status, _, mend = found("memory limits", pi, memory_limit=False)
    assert status == "wrong"
    assert mend == f"ssh -t owner@192.168.9.10 '{edit}'"
    # What the whole cgroup does not do, no part of it can.
    assert "swap limits" not in [check.check for check in examined(machine(daemon=daemon(memory_limit=False)))]


def test_podman_answers_under_its_own_name() -> None:
    assert found("version", engine="Podman", version="4.9.3", api_version="1.41")[:2] == (
        "good",
        "Podman 4.9.3, API 1.41",
    )


def test_commands_for_a_remote_machine_go_over_ssh() -> None:
    remote = on({"connection": "ssh://owner@192.168.9.10:2222"})
    assert found("IP forwarding", remote, forwarding=False)[2] == (
        "ssh -t -p 2222 owner@192.168.9.10 'sudo sysctl -w net.ipv4.ip_forward=1'"
    )
    tcp = on({"connection": "tcp://192.168.9.10:2376"})
    assert found("IP forwarding", tcp, forwarding=False)[2] == "on 192.168.9.10: sudo sysctl -w net.ipv4.ip_forward=1"
