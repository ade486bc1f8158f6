"""What the plan reads of locks: the lock below each, and the sizes of their packages."""

from __future__ import annotations

import json
from pathlib import Path

from fleet.source.image_locks import Lock, Size, lock_base, read_locks

SIZE = {"download": 10, "disk": 30}


def test_a_lock_names_its_base_in_its_first_line() -> None:
    for line, base in (
        ("# base: torch", "torch"),
        ("# base: torch-2-3\n", "torch-2-3"),
        ("--only-binary :all:", None),
        ("# based on torch", None),
        ("# base: ../torch", None),
        ("", None),
    ):
        assert lock_base(line) == base, line


def test_sizes_are_read_by_processor(tmp_path: Path) -> None:
    (tmp_path / "torch.txt").write_text("torch==2\n")
    (tmp_path / "owl.txt").write_text("# base: torch\nidna==3\n")
    (tmp_path / "sizes.json").write_text(json.dumps({"torch": {"lock": "aa", "amd64": SIZE}}))
    assert read_locks(tmp_path) == {
        "torch": Lock(None, {"amd64": Size(10, 30)}, {"torch": ("2",)}),
        "owl": Lock("torch", {}, {"idna": ("3",)}),
    }


def test_sizes_that_cannot_be_read_are_unknown(tmp_path: Path) -> None:
    (tmp_path / "owl.txt").write_text("idna==3\n")
    assert read_locks(tmp_path)["owl"].sizes == {}
    for text in ("", "[", "[]", "3", '{"owl": 3}', '{"owl": {"amd64": 3}}', '{"owl": {"amd64": {"disk": 1}}}'):
        (tmp_path / "sizes.json").write_text(text)
        assert read_locks(tmp_path) == {"owl": Lock(None, {}, {"idna": ("3",)})}, text


def test_a_project_without_locks_has_none(tmp_path: Path) -> None:
    assert read_locks(tmp_path / "absent") == {}
