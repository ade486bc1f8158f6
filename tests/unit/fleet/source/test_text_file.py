"""Files that hold no text: refused with their place, and never waited for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fleet.source.text_file import UnreadableError, read_text


def test_what_is_no_regular_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "nowhere").symlink_to(tmp_path / "missing")
    (tmp_path / "device").symlink_to("/dev/zero")
    reasons = {
        "pipe": "it is not a regular file",
        "device": "it is not a regular file",
        "folder": "it is a folder",
        "loop": "Too many levels of symbolic links",
        "nowhere": "No such file or directory",
    }
    for name, reason in reasons.items():
        with pytest.raises(UnreadableError) as caught:
            read_text(tmp_path / name)
        assert caught.value.problem == f"cannot be read ({reason})", name


def test_a_file_of_an_unlikely_size_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(5_000_000)
    with pytest.raises(UnreadableError, match="has 5000000 bytes, more than 4000000"):
        read_text(tmp_path / "huge")


def test_a_byte_order_mark_is_left_out_and_other_encodings_are_named(tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read_text(tmp_path / "text") == "a: 1\n"
    for encoding in ("utf-16", "utf-16-be", "latin-1"):
        (tmp_path / "text").write_bytes("a: \u00fc\n".encode(encoding))
        with pytest.raises(UnreadableError, match="is not UTF-8 text"):
            read_text(tmp_path / "text")
