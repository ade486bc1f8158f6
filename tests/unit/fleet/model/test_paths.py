"""Paths in one spelling, and what nothing is mounted on."""

from __future__ import annotations

from pydantic import ValidationError

from fleet.model.paths import AbsolutePath, DevicePath, MountPath, within
from tests.unit.fleet.models import make_container, make_machine, problem, taken

CROOKED = (
    "", "/", "models", "./x", "//", "//data", "/data/", "/data//x", "/data/./x", "/data/../etc", "/..", "/.", "/a:b",
    "/a\0", "/a\n", "/a\t/b", " /a", "/a ", "/" + "x" * 255, "/\u202ea", "C:\\data", None, 1, True,
)  # fmt: skip
SYSTEM = (
    "/proc", "/proc/sys", "/sys", "/sys/fs/cgroup", "/dev", "/dev/null", "/dev/shm/x", "/etc", "/etc/hosts",
    "/etc/resolv.conf", "/etc/hostname", "/usr", "/usr/bin", "/usr/local", "/bin", "/sbin", "/lib", "/lib64", "/boot",
    "/opt/venv", "/etc/passwd", "/etc/group", "/etc/shadow",
)  # fmt: skip


def test_a_crooked_path_is_no_path() -> None:
    for kind in (AbsolutePath, MountPath, DevicePath):
        assert taken(kind, CROOKED) == []


def test_nothing_is_mounted_over_the_system() -> None:
    assert taken(MountPath, SYSTEM) == []
    fine = ("/data", "/run", "/etc/nginx/conf.d", "/usr/share/x", "/var/lib/My Data", "/processes", "/.cache", "/..x")
    assert taken(MountPath, fine) == list(fine)


def test_a_device_is_below_dev() -> None:
    assert taken(DevicePath, ("/data", "/dev", "/device", "/proc/1")) == []
    assert taken(DevicePath, ("/dev/snd", "/dev/dri/card0")) == ["/dev/snd", "/dev/dri/card0"]


def test_every_field_with_a_path_refuses_a_crooked_one() -> None:
    for path in ("/", "/data/../etc", "/data/", "/a\0"):
        for changes in (
            {"mounts": {"cache": {"path": path}}},
            {"hardening": {"tmpfs": {path: "1MiB"}}},
            {"devices": [path]},
            {"agents": {"Ear": {"script": path}}},
            {"agents": {"Ear": {"program": path}}},
        ):
            assert problem(make_container, **changes), (path, changes)
        for changes in ({"secrets_folder": path}, {"binds": {"cache": path}}, {"devices": {path: {}}}):
            assert problem(make_machine, **changes), (path, changes)


def test_a_folder_holds_itself_and_what_is_below() -> None:
    assert within("/a", "/a")
    assert within("/a/b", "/a")
    assert within("/a", "/")
    assert not within("/ab", "/a")
    assert not within("/a", "/a/b")


def test_secrets_are_kept_in_a_folder_of_the_owner() -> None:
    accepted = []
    for path in (
        "/", "/proc", "/proc/1", "/sys/fs", "/dev", "/dev/shm", "/run", "/run/secrets", "/var/run", "/var/run/fleet",
        "/etc", "/boot", "/tmp", "/usr/lib", "/bin", "/var/lib/docker/volumes", "/srv", "/home", "/root",
    ):  # fmt: skip
        try:
            make_machine(secrets_folder=path)
        except ValidationError:
            continue
        accepted.append(path)
    assert accepted == []
    for path in (
        "/srv/fleet/secrets",
        "/etc/fleet/secrets",
        "/home/owner/secrets",
        "/root/secrets",
        "/data/secrets",
        "/secrets",
    ):
        assert make_machine(secrets_folder=path).secrets_folder == path
