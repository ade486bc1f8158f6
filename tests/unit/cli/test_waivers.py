"""`fleet policy waivers`, and what `fleet validate` and `fleet plan` say of waivers."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.unit.builders import LATER
from tests.unit.cli.running import fleet, shipped, write_program


def _in_twelve_days() -> date:
    return date.today() + timedelta(days=12)


def _project(folder: Path, rule: str = "E06", until: object = LATER) -> Path:
    line = f"waivers: {{{rule}: {{reason: the vendor mends it in spring, until: {until}}}}}\n"
    return write_program(folder, vision_gpu=lambda text: text.rstrip() + "\n" + line)


def _line(project: Path) -> str:
    file = "groups/assistant/vision-gpu.yaml"
    return f"{file}:{len((project / file).read_text(encoding='utf-8').splitlines())}"


def test_all_waivers_of_the_fleet_are_listed(tmp_path: Path) -> None:
    soon = _in_twelve_days()
    project = _project(tmp_path, until=soon)
    answer = fleet(project, "policy", "waivers", COLUMNS="200")
    assert (answer.code, answer.err) == (0, "")
    (line,) = [line for line in answer.out.splitlines() if line.startswith("E06")]
    said = ["E06", "vision-gpu", f"until {soon}", "12 days left", "the vendor mends it in spring", _line(project)]
    assert [part.strip() for part in line.split("  ") if part.strip()] == said


def test_in_a_narrow_terminal_no_place_is_cut(tmp_path: Path) -> None:
    project = _project(tmp_path, until=_in_twelve_days())
    answer = fleet(project, "policy", "waivers", COLUMNS="80")
    assert max(map(len, answer.out.splitlines())) <= 80
    assert "…" not in answer.out
    letters = iter("".join(answer.out.split()))
    assert all(letter in letters for letter in _line(project))


def test_they_are_listed_as_json(tmp_path: Path) -> None:
    soon = _in_twelve_days()
    project = _project(tmp_path, until=soon)
    rows = json.loads(fleet(project, "policy", "waivers", "--json").out)["waivers"]
    assert [row for row in rows if row["rule"] == "E06"] == [
        {
            "rule": "E06",
            "name": "critical-is-spread",
            "group": "vision-gpu",
            "container": "",
            "until": str(soon),
            "days_left": 12,
            "reason": "the vendor mends it in spring",
            "place": _line(project),
        }
    ]


def test_the_shipped_fleet_can_be_asked() -> None:
    assert shipped("policy", "waivers").code == 0


@pytest.mark.parametrize("command", [("validate",), ("plan", "mainpc"), ("policy", "waivers")])
def test_a_waiver_of_no_rule_is_refused_with_the_nearest(command: tuple[str, ...], tmp_path: Path) -> None:
    answer = fleet(project := _project(tmp_path, "E66"), *command)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.splitlines()[1].strip() == (
        f"{_line(project)}: waivers.E66: unknown rule E66; did you mean E06? (fleet policy list shows all)"
    )


def test_validate_tells_what_ends_soon(tmp_path: Path) -> None:
    soon = _in_twelve_days()
    answer = fleet(project := _project(tmp_path, until=soon), "validate")
    assert answer.code == 0
    last = answer.out.splitlines()[-1]
    assert last == f"{_line(project)}: the waiver of E06 expires on {soon}; comply with the rule by then"
