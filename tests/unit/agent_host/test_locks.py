"""Each container's requirements are locked, and its lock is what its list asks for."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

IMAGES = Path(__file__).parents[3] / "images"
SIZE_MAX = 400_000
"""Bytes a lock may have."""


def load_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("renew_locks", IMAGES / "agent" / "renew_locks.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


renew_locks = load_tool()
LISTS: dict[str, list[str]] = renew_locks.requirement_lists()
LOCKED = [name for name, requirements in LISTS.items() if not renew_locks.why_no_lock(requirements)]
RENEW = "renew it: python3 images/agent/renew_locks.py"


def pins(text: str) -> dict[str, str]:
    """Package, as indexes spell it -> version."""
    return {
        name: version for name, version in re.findall(r"^([a-z0-9-]+)(?:\[[^]]*\])?==([^ ;\\]+)", text, re.MULTILINE)
    }


def test_there_is_a_lock_for_each_list_that_can_be_had_and_no_other() -> None:
    found = {path.stem for path in (IMAGES / "agent" / "locks").glob("*.txt")}
    assert found == set(LOCKED), RENEW


@pytest.mark.parametrize("name", LOCKED)
def test_a_lock_pins_what_its_list_asks_for(name: str) -> None:
    text = (IMAGES / "agent" / "locks" / f"{name}.txt").read_text()
    pinned = pins(text)
    for requirement in LISTS[name]:
        package, _, version = requirement.partition("==")
        key = re.sub(r"[-_.]+", "-", package).lower()
        assert key in pinned, RENEW
        assert pinned[key].startswith(version.rstrip("*")), RENEW
    assert "://" not in text, "no address of an index"
    assert len(text) < SIZE_MAX


@pytest.mark.parametrize("name", LOCKED)
def test_a_lock_shares_the_agent_hosts_versions(name: str) -> None:
    """Both are installed into one environment."""
    host = pins((IMAGES / "agent-host" / "requirements.txt").read_text())
    locked = pins((IMAGES / "agent" / "locks" / f"{name}.txt").read_text())
    assert {package: locked[package] for package in host.keys() & locked.keys()}.items() <= host.items()


def test_every_pin_has_its_checksums() -> None:
    for path in [IMAGES / "agent-host" / "requirements.txt", *(IMAGES / "agent" / "locks").glob("*.txt")]:
        blocks = re.split(r"\n(?=[a-z])", "\n" + path.read_text())
        assert all("--hash=sha256:" in block for block in blocks if "==" in block), path
