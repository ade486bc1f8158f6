"""The parts of `make check`, each a test, so that they run in parallel and share the summary."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.unit.builders import ROOT

PARTS = re.findall(r"^(check-[a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("part", PARTS)
def test_nothing_is_found_by(part: str) -> None:
    done = subprocess.run(
        ["make", "--no-print-directory", part],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_make_check_runs_them_all() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    (listed,) = re.findall(r"^CHECKS := (.*)$", text, re.MULTILINE)
    assert listed.split() == PARTS
