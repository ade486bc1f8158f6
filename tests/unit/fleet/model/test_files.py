"""Where files can be in a container."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from fleet.model.files import FilePath, file_breaches
from fleet.model.mount_points import MountPoint

PATH: TypeAdapter[str] = TypeAdapter(FilePath)


def test_paths_that_no_file_can_have() -> None:
    for path in (
        *("etc/app", "/", "//a", "/a/../b", "/a/", "/a b", "/a$b", "/a*", "/a[b]", "/a\\b", "/a:b", "/a\nb"),
        *("/etc/hosts", "/etc/resolv.conf", "/proc/x", "/dev/shm/x", "/sys/x", "/etc", "/usr/bin"),
        *("/run/secrets/x", "/etc/fleet/x"),
    ):
        with pytest.raises(ValidationError):
            PATH.validate_python(path)
    for path in ("/etc/app/config.yaml", "/app.conf", "/etc/nginx/conf.d", "/opt/x/a@b+c-d_e"):
        assert PATH.validate_python(path) == path


def test_files_that_a_mount_hides_or_that_are_in_each_other() -> None:
    mounts = [MountPoint(("mounts", "data", "path"), "/data/in"), MountPoint(("hardening", "tmpfs", "/tmp"), "/tmp")]
    for path, text in {
        "/tmp/x": "/tmp/x is in /tmp, which hardening.tmpfs mounts; use a path outside it",
        "/data/in": "/data/in is in /data/in, which mounts.data mounts; use a path outside it",
        "/data": "/data contains /data/in, which mounts.data mounts; use a path outside it",
        "/etc/a/b": "/etc/a/b is in /etc/a, which is another file or folder; use a path outside it",
    }.items():
        files: Mapping[str, Any] = {"/etc/a": "a", path: "b"}
        assert list(file_breaches(files, mounts)) == [(("files", path), text)], path
    run = [MountPoint(("mounts", "run", "path"), "/run/app")]
    assert [place for place, _ in file_breaches({"/var/run/app/x": "a"}, run)] == [("files", "/var/run/app/x")]
    assert list(file_breaches({"/etc/a": "a", "/etc/ab": "b", "/tmpx": "c"}, mounts)) == []
