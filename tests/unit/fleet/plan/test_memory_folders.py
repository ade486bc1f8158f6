"""Folders in memory against the memory limit."""

from __future__ import annotations

from typing import Any

from fleet.plan.memory_folders import fitted
from tests.unit.fleet.models import make_container


def sizes(cap_mib: int, limit: str = "512MiB", **changes: Any) -> tuple[dict[str, int], int]:
    container = make_container(memory={"request": limit}, **changes)
    hardening, shared = fitted(container, container.hardening, cap_mib)
    return dict(hardening.tmpfs), shared


def test_defaults_are_half_of_the_limit_at_most() -> None:
    assert sizes(512) == ({"/tmp": 64}, 64)
    assert sizes(128, "128MiB") == ({"/tmp": 64}, 64)
    assert sizes(64, "64MiB") == ({"/tmp": 32}, 32)
    assert sizes(6, "6MiB") == ({"/tmp": 3}, 3)


def test_stated_sizes_are_kept() -> None:
    stated = {"shared_memory": "300MiB", "hardening": {"tmpfs": {"/tmp": "200MiB"}}}
    assert sizes(512, **stated) == ({"/tmp": 200}, 300)


def test_the_lower_limit_of_a_stand_in_holds_them() -> None:
    stated = {"shared_memory": "300MiB", "hardening": {"tmpfs": {"/tmp": "90MiB", "/b": "100MiB"}}}
    assert sizes(256, **stated) == ({"/tmp": 64, "/b": 64}, 128)
