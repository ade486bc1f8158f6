"""Mounts of one container: those that runc cannot make are refused, and others are not."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from tests.unit.fleet.models import make_container

READY = {"build": None, "image": {"reference": "registry.example/redis:7"}}


def _said(mounts: dict[str, str], tmpfs: tuple[str, ...] = (), **changes: Any) -> str:
    """What is wrong with mounts by path, read-only if it ends with `:ro`."""
    keys = {
        f"volume-{name}": {"path": path.removesuffix(":ro"), "read_only": path.endswith(":ro")}
        for name, path in mounts.items()
    }
    try:
        make_container(mounts=keys, hardening={"tmpfs": dict.fromkeys(tmpfs, "1MiB")}, **changes)
    except ValidationError as error:
        return " / ".join(str(found["msg"]).removeprefix("Value error, ") for found in error.errors())
    return ""


def test_a_mount_below_a_read_only_one_is_refused() -> None:
    """The runtime makes the mount point first (seen on Docker: mkdir ... read-only file system)."""
    wrong = []
    for mounts, tmpfs, said in (
        (
            {"a": "/models:ro"},
            ("/models/x",),
            "/models/x cannot be mounted below /models, which mounts.volume-a mounts",
        ),
        ({"a": "/models:ro"}, ("/models/x/y/z",), "/models/x/y/z cannot be mounted below /models"),
        ({"a": "/models:ro", "b": "/models/x"}, (), "mounts.volume-b.path: /models/x cannot be mounted below /models"),
        (
            {"a": "/models", "b": "/models/x:ro", "c": "/models/x/y"},
            (),
            "/models/x/y cannot be mounted below /models/x",
        ),
        ({"a": "/run:ro"}, ("/var/run/x",), "/var/run/x cannot be mounted below /run"),
        ({"a": "/data", "b": "/data/x:ro"}, (), ""),
        ({"a": "/data"}, ("/data/x",), ""),
        ({"a": "/tmp/x:ro"}, ("/tmp",), ""),
        ({"a": "/data:ro", "b": "/database"}, ("/data2",), ""),
        ({"a": "/models:ro", "b": "/data"}, ("/data/x/y", "/tmp"), ""),
    ):
        found = _said(mounts, tmpfs)
        wrong += [] if (said in found if said else not found) else [(mounts, tmpfs, found)]
    assert wrong == []


def test_reserved_folders_are_refused_in_any_spelling() -> None:
    wrong = []
    for path in (
        "/dev/shm",
        "/run/secrets",
        "/run/secrets/x",
        "/var/run/secrets",
        "/var/run/secrets/key",
        "/etc/fleet",
        "/etc/fleet/x",
    ):
        wrong += [] if f"{path} is reserved" in _said({}, (path,)) else [path]
    assert wrong == []
    assert "is already mounted by mounts.volume-a" in _said({"a": "/run/x"}, ("/var/run/x",))


def test_secrets_are_not_mounted_in_a_read_only_folder() -> None:
    assert "/run is read-only, so that secrets cannot be mounted at /run/secrets" in _said(
        {"a": "/run:ro"}, secrets=["key"]
    )
    assert _said({"a": "/run:ro"}) == _said({"a": "/run"}, secrets=["key"]) == ""


def test_the_agents_image_is_not_hidden() -> None:
    """A ready image has its own folders."""
    assert "/opt would hide the image's /opt/venv" in _said({}, ("/opt",))
    assert "/opt would hide the image's /opt/venv" in _said({"a": "/opt:ro"})
    assert "/app would hide the agents' code" in _said({}, ("/app",))
    assert (
        _said({"a": "/app:ro"})
        == _said({}, ("/app/cache", "/opt/models"))
        == _said({}, ("/opt", "/app"), **READY)
        == ""
    )
