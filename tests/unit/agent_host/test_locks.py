"""Each container's requirements are locked, and its lock is what its list asks for, together with its base's."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from fleet.source.image_locks import lock_base

IMAGES = Path(__file__).parents[3] / "images"
LOCKS = IMAGES / "agent" / "locks"
SIZE_MAX = 400_000
"""Bytes a lock may have."""

SETS_MAX = 2
"""Sets of PyTorch and CUDA; each takes 5 GB of a machine's disk."""


def load_tool(name: str) -> ModuleType:
    sys.path.insert(0, str(IMAGES / "agent"))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.pop(0)


renew_locks = load_tool("renew_locks")
lock_sizes = load_tool("lock_sizes")
LISTS: dict[str, list[str]] = renew_locks.requirement_lists()
LOCKED = [name for name, requirements in LISTS.items() if not renew_locks.why_no_lock(requirements)]
TEXTS = {path.stem: path.read_text() for path in sorted(LOCKS.glob("*.txt"))}
BASES = {name: base for name, text in TEXTS.items() if (base := lock_base(text))}
RENEW = "renew it: .venv/bin/python images/agent/renew_locks.py"


def pins(text: str) -> dict[str, set[str]]:
    """Package, as indexes spell it -> its versions."""
    found: dict[str, set[str]] = renew_locks.versions(text)
    return found


def test_there_is_a_lock_for_each_list_that_can_be_had_and_for_each_set() -> None:
    assert TEXTS.keys() == {*LOCKED, *renew_locks.SETS}, RENEW
    assert set(BASES.values()) == set(renew_locks.SETS), "each set has its groups"
    assert len(renew_locks.SETS) <= SETS_MAX


def test_a_lock_and_its_base_pin_what_its_list_asks_for() -> None:
    for name in LOCKED:
        pinned = pins(TEXTS[name]) | pins(TEXTS.get(BASES.get(name, ""), ""))
        for text in LISTS[name]:
            requirement = Requirement(text)
            found = pinned.get(canonicalize_name(requirement.name), set())
            assert found, f"{name}: {text} is not locked; {RENEW}"
            assert all(requirement.specifier.contains(version) for version in found), f"{name}: {text}; {RENEW}"


def test_a_lock_is_small_and_names_no_index() -> None:
    for name, text in TEXTS.items():
        assert "://" not in text, name
        assert len(text) < SIZE_MAX, name


def test_no_package_is_in_a_lock_and_in_its_base() -> None:
    for name, base in BASES.items():
        assert pins(TEXTS[name]).keys() & pins(TEXTS[base]).keys() == set(), f"{name} on {base}; {RENEW}"
        assert lock_base(TEXTS[base]) is None


def test_pytorch_is_pinned_in_the_sets_alone() -> None:
    assert {name for name, text in TEXTS.items() if "torch" in pins(text)} == set(renew_locks.SETS)


def test_a_lock_shares_the_agent_hosts_versions() -> None:
    """Both are installed into one environment."""
    host = pins((IMAGES / "agent-host" / "requirements.txt").read_text())
    for name, text in TEXTS.items():
        locked = pins(text)
        assert {package: locked[package] for package in host.keys() & locked.keys()}.items() <= host.items(), name


def test_every_pin_has_its_checksums() -> None:
    for path in [IMAGES / "agent-host" / "requirements.txt", *LOCKS.glob("*.txt")]:
        text = path.read_text()
        blocks: list[str] = renew_locks.blocks(text)
        assert len(blocks) == sum(line[:1].isalnum() for line in text.splitlines()), path
        assert all("--hash=sha256:" in block for block in blocks), path


def test_each_lock_has_its_measured_sizes() -> None:
    sizes = json.loads((LOCKS / "sizes.json").read_text())
    assert sizes.keys() == TEXTS.keys(), RENEW
    for name, figures in sizes.items():
        assert figures["lock"] == lock_sizes.lock_digest(LOCKS / f"{name}.txt"), (
            f"{name}: measured another lock; {RENEW}"
        )
        assert all(0 < figures[arch]["download"] < figures[arch]["disk"] for arch in ("amd64", "arm64")), name


LOCK = """--only-binary :all:
alpha==1 \\
    --hash=sha256:aa
beta==2 ; sys_platform == 'linux' \\
    --hash=sha256:bb \\
    --hash=sha256:cc
webrtcvad==3 \\
    --hash=sha256:dd
"""


def test_a_lock_leaves_out_what_its_base_pins() -> None:
    base = "alpha==1 \\\n    --hash=sha256:aa\n"
    expected = "--only-binary :all:\n--no-binary webrtcvad\n" + LOCK[LOCK.index("beta") :]
    assert renew_locks.without(LOCK, base, "owl") == expected


def test_a_lock_that_pins_a_package_of_its_base_differently_is_refused() -> None:
    for base in ("alpha==2 \\\n    --hash=sha256:aa\n", "beta==2 \\\n    --hash=sha256:bb\n"):
        with pytest.raises(
            ValueError, match=r"owl: (alpha==1|beta==2 ; sys_platform == 'linux') differs from its base's"
        ):
            renew_locks.without(LOCK, base, "owl")


def test_a_set_takes_the_lowest_version_of_what_a_group_cannot_have_newer(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, list[str]]] = []

    def resolve(requirements: list[str], constraints: list[str] = []) -> str:  # noqa: B006  (never changed)
        asked.append((",".join(requirements), list(constraints)))
        torch = [] if requirements == ["plain"] else ["torch==2", "fsspec==9", "gamma==1"]
        text = "\n".join([*torch, f"{requirements[0]}==1"] if requirements[0] != "torch" else torch) + "\n"
        capped = requirements[0] == "old" or any("fsspec" in each for each in constraints)
        return text.replace("fsspec==9", "fsspec==10" if not capped else "fsspec==9")

    monkeypatch.setattr(renew_locks, "resolve", resolve)
    monkeypatch.setattr(renew_locks, "SETS", {"torch": "torch"})
    texts = renew_locks.resolve_all({"old": ["old", "torch"], "new": ["new", "torch"], "plain": ["plain"]}, {})
    assert ("torch", ["fsspec<=9"]) in asked
    assert ("new,torch", ["torch==2", "fsspec==9", "gamma==1"]) in asked
    assert texts["new"] == "# base: torch\n--only-binary :all:\nnew==1\n"
    assert texts["plain"] == "plain==1\n"


def test_the_wheel_that_fits_the_images_python_is_measured() -> None:
    def wheel(tags: str) -> dict[str, object]:
        return {"url": f"x/p-1-{tags}.whl", "size": 1}

    names = [
        "cp311-cp311-manylinux_2_17_x86_64",
        "cp312-cp312-manylinux_2_28_x86_64",
        "cp38-abi3-manylinux_2_28_aarch64",
    ]
    package = {"name": "p", "wheels": [wheel(tags) for tags in [*names, "cp312-cp312-manylinux_2_39_x86_64"]]}
    assert [file["url"] for file in lock_sizes._files(package, "x86_64")] == [f"x/p-1-{names[1]}.whl"]
    assert [file["url"] for file in lock_sizes._files(package, "aarch64")] == [f"x/p-1-{names[2]}.whl"]
    only = {**package, "marker": "platform_machine == 'x86_64'"}
    assert list(lock_sizes._files(only, "aarch64")) == []
    source = {"name": "p", "sdist": {"url": "x/p-1.tar.gz", "size": 100}}
    assert lock_sizes._installed(next(lock_sizes._files(source, "x86_64"))) == 150
