"""Every decision has a number of its own, which its heading repeats."""

from __future__ import annotations

from tests.unit.builders import ROOT


def test_each_decision_has_its_own_number() -> None:
    files = sorted((ROOT / "docs/adr").glob("*.md"))
    numbers = [file.name[:4] for file in files]
    assert numbers == [f"{number:04}" for number in range(1, len(files) + 1)]
    headings = {file.name[:4]: file.read_text(encoding="utf-8").split(maxsplit=2)[1] for file in files}
    assert headings == {number: number for number in numbers}
