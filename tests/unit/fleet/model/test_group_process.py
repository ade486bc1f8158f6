"""How a container's program starts, and where its home is."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from fleet.model import Container
from tests.unit.fleet.models import make_container

_READY = {"build": None, "image": {"reference": "docker.io/library/box:1"}}
_ROOT = {"run_as": {"reason": "the image needs root", "until": "2027-01-31"}}
_WRITABLE = {"read_only_root": {"reason": "the image writes to its root", "until": "2027-01-31"}}


def ready(**changes: Any) -> Container:
    return make_container(**_READY, **changes)


def breaches(**changes: Any) -> str:
    try:
        make_container(**changes)
    except ValidationError as error:
        return str(error.errors()[0]["msg"])
    return ""


def test_home_is_the_images_where_its_root_is_writable() -> None:
    own = {"read_only_root": False, "exceptions": _WRITABLE}
    assert ready(hardening=own).home == ""
    assert ready().home == "/tmp"
    assert make_container(hardening=own).home == "/tmp"


def test_a_volume_below_another_home_is_refused() -> None:
    for path, home in {"/root/.box": "/root", "/home/ubuntu/.cache/x": "/home/ubuntu"}.items():
        mounts = {"box": {"path": path}}
        message = f"mounts.box.path: {path} is in the home folder {home}, but HOME is /tmp; set env.HOME to {home}"
        assert message in breaches(**_READY, mounts=mounts)
        assert ready(mounts=mounts, env={"HOME": home})
        assert ready(mounts=mounts, env={"HOME": "/tmp"})
    for path in ("/rootfs/x", "/home", "/data/root/x"):
        assert ready(mounts={"box": {"path": path}})


@pytest.mark.parametrize("change", [{"entrypoint": ["/bin/x"]}, {"working_dir": "/data"}])
def test_the_agent_host_starts_its_own_way(change: dict[str, Any]) -> None:
    assert "agent host" in breaches(**change)
    assert ready(**change)


def test_a_time_zone_is_set_once() -> None:
    assert "timezone: Europe/Berlin and env.TZ exclude each other; drop env.TZ" in breaches(
        timezone="Europe/Berlin", env={"TZ": "UTC"}
    )


def test_a_check_is_a_program_and_no_word_of_compose() -> None:
    for command, says in (
        (["CMD-SHELL", "curl -f http://localhost:8000/health || exit 1"], "write its text as [sh, -c, <text>]"),
        (["CMD", "curl", "x"], "drop the word"),
        (["NONE"], "write a command that exits with 0, such as [true]"),
    ):
        said = breaches(health={"command": command})
        assert f"{command[0]} is a word of Compose and no program of an image; {says}" in said, command
    for command in (["cmd"], ["curl", "CMD"], ["/bin/NONE"], []):
        assert breaches(health={"command": command}) == "", command
