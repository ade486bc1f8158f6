"""A difference as a comment, as findings, on a terminal."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from cli.diff.model import StackDiff
from cli.view.diff_json import diff_json
from cli.view.diff_markdown import LIMIT, diff_markdown
from cli.view.diff_sarif import sarif
from cli.view.diff_text import show_diff
from tests.unit.cli.diffing import VOLUME, a_card, a_container, a_plan, a_resource, a_result, difference

SMALL = difference(
    a_plan(a_container(), a_resource(VOLUME, "pc-memory"), gpus=[a_card(4096)]),
    a_plan(a_container(image="agents:2"), gpus=[a_card(6144)], policy=(a_result(),)),
)


def _huge() -> StackDiff:
    names = [f"VARIABLE_{number}" for number in range(2000)]
    before, after = ([f"{name}={value * 40}" for name in names] for value in ("a", "b"))
    return difference(a_plan(a_container(envs=before)), a_plan(a_container(envs=after), policy=(a_result(),)))


def test_a_comment_tells_what_may_be_lost_before_anything_else() -> None:
    text = diff_markdown([SMALL], "main")
    order = ["| **pc** |", "goes with it", "A01", "gpu0 before", "stops, then starts anew", "`image: "]
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_a_comment_fits_github_and_says_what_it_leaves_out() -> None:
    text = diff_markdown([_huge()] * 3, "main")
    assert len(text) <= LIMIT
    assert text.count("<details>") == text.count("</details>") > 0
    assert "left out" in text
    assert "new policy violations" in text


def test_a_comment_holds_no_markup_of_a_message() -> None:
    result = a_result(message="image <img src=x> of @someone `x`")
    text = diff_markdown([difference(a_plan(), a_plan(policy=(result,)))], "main")
    assert "<img" not in text
    assert "@someone" not in text


def test_a_comment_about_nothing_says_so() -> None:
    assert "Nothing differs" in diff_markdown([difference(a_plan(), a_plan())], "main")


def test_a_finding_points_at_its_line_and_keeps_its_fingerprint_when_lines_and_figures_move() -> None:
    moved = {**a_result(message="user is 7"), "source": "groups/home/speech.yaml:12"}
    first, second = (
        json.loads(sarif([difference(a_plan(), a_plan(policy=(result,)))]))["runs"][0]["results"][0]
        for result in (a_result(), moved)
    )
    place = first["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "groups/home/speech.yaml"}, "region": {"startLine": 9}}
    assert (first["ruleId"], first["level"], first["baselineState"]) == ("A01", "error", "new")
    assert first["partialFingerprints"] == second["partialFingerprints"]


def test_two_findings_of_one_field_have_two_fingerprints() -> None:
    report = json.loads(sarif([difference(a_plan(), a_plan(policy=(a_result(), a_result())))]))
    assert len({json.dumps(result["partialFingerprints"]) for result in report["runs"][0]["results"]}) == 2


def test_a_finding_without_a_line_points_at_its_stack() -> None:
    result = {**a_result(), "source": None}
    report = json.loads(sarif([difference(a_plan(), a_plan(policy=(result,)))]))
    location = report["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "Pulumi.pc.yaml"


def test_every_rule_with_a_finding_is_described() -> None:
    driver = json.loads(sarif([difference(a_plan(), a_plan(policy=(a_result(),)))]))["runs"][0]["tool"]["driver"]
    assert [rule["id"] for rule in driver["rules"]] == ["A01"]


@pytest.mark.parametrize("width", [80, 120])
def test_a_terminal_shows_bars_and_restarts_within_its_width(width: int, capsys: pytest.CaptureFixture[str]) -> None:
    out = Console(file=io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), width=width, highlight=False)
    show_diff(out, [SMALL], "main")
    text = capsys.readouterr().out
    assert max(len(line) for line in text.splitlines()) <= width
    assert "\x1b" not in text
    assert "before █" in text
    assert "wave 2 pc-speech-main stops, then starts anew (stop up to 5 s, start up to 70 s)" in " ".join(text.split())
    assert "WARNING" in text


def test_json_says_how_durations_are_estimated() -> None:
    data = json.loads(diff_json([SMALL], "main"))
    assert "start period" in data["restarts_estimated"]
    assert data["stacks"][0]["restart_s"] == 75
