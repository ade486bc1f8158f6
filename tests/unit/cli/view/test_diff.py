"""A difference as a comment, as findings, on a terminal."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt
from rich.console import Console

from cli.diff.model import StackDiff
from cli.diff.reading import Reading
from cli.view.diff_json import diff_json
from cli.view.diff_markdown import LIMIT, diff_markdown
from cli.view.diff_sarif import RESULTS_MAX, sarif
from cli.view.diff_text import show_diff
from tests.unit.cli.diffing import (
    VOLUME,
    a_card,
    a_container,
    a_plan,
    a_resource,
    a_result,
    a_waived_result,
    difference,
)

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
    order = ["| **pc** |", "will be deleted", "A01", "GPU 0 before", "stops, then starts again", "`image: "]
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_a_comment_fits_github_and_says_what_it_leaves_out() -> None:
    text = diff_markdown([_huge()] * 3, "main")
    assert len(text) <= LIMIT
    assert text.count("<details>") == text.count("</details>") > 0
    assert "omitted: too long for a comment" in text
    assert "new policy violation" in text


def test_a_comment_holds_no_markup_of_a_message() -> None:
    result = a_result(message="image <img src=x> of @someone `x`")
    text = diff_markdown([difference(a_plan(), a_plan(policy=(result,)))], "main")
    assert "<img" not in text
    assert "@someone" not in text


HOSTILE = "`x` | </details> <script> @someone [a](http://b) #1\n- **bold** ![i](http://j)"


def test_a_comment_with_hostile_names_renders_as_plain_text() -> None:
    result = a_result(message=HOSTILE, source=f"{HOSTILE}:3")
    card = {**a_card(6144), "model": HOSTILE}
    ports = [{"address": "10.0.0.1", "port": 1, "endpoint": HOSTILE, "for": [HOSTILE]}]
    after = a_plan(a_container(name=HOSTILE), gpus=[card], policy=(result,), ports=ports)
    diff = replace(difference(a_plan(a_container()), after), stack=HOSTILE)
    unknown = replace(difference(Reading(None, 2, HOSTILE), after), stack=HOSTILE)
    page = MarkdownIt("gfm-like", {"linkify": False}).render(diff_markdown([diff, unknown], HOSTILE))
    tags = set(re.findall(r"</?([a-z0-9]+)", page))
    assert tags <= {"h3", "h4", "p", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "strong", "code", "pre",
                    "details", "summary"}  # fmt: skip
    assert page.count("<details>") == page.count("</details>")
    assert [row.count("<td>") for row in page.split("<tr>")[2:4]] == [4, 4]
    outside = re.sub(r"<(code|pre)[ >].*?</\1>", "", page, flags=re.DOTALL)
    assert "@someone" not in outside
    assert "<strong>bold" not in outside


def test_a_comment_about_500_groups_has_what_weighs_most_of_all_stacks() -> None:
    def stack(name: str) -> StackDiff:
        before, after = (
            a_plan(
                *({**a_container(image=f"agents:{tag}"), "name": f"pc-{number}-main"} for number in range(500)),
                *([a_resource(VOLUME, "pc-data", protect=True)] if tag == 1 else []),
                gpus=[a_card(tag * 1024)],
                policy=tuple(a_result(field=f"f{number}") for number in range(300)) if tag == 2 else (),
            )
            for tag in (1, 2)
        )
        return replace(difference(before, after), stack=name)

    text = diff_markdown([stack("one"), stack("two")], "main")
    assert len(text) <= LIMIT
    for name in ("one", "two"):
        assert f"#### {name}: data" in text
        assert f"{name}: 300 new policy violations" in text
        assert f"{name}: machine and cost" in text
    assert text.count("<details>") == text.count("</details>") > 0
    assert "omitted: too long for a comment" in text


def test_a_comment_about_nothing_says_so() -> None:
    assert "No stack differs" in diff_markdown([difference(a_plan(), a_plan())], "main")


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


def test_a_waived_finding_is_suppressed_with_its_reason() -> None:
    report = json.loads(sarif([difference(a_plan(policy=(a_result(),)), a_plan(policy=(a_waived_result(),)))]))
    (result,) = report["runs"][0]["results"]
    why = {"kind": "external", "status": "accepted", "justification": "waived until 2999-01-01: the vendor mends it"}
    assert (result["level"], result["suppressions"], result["baselineState"]) == ("note", [why], "new")


def test_what_cannot_be_judged_yet_is_open() -> None:
    report = json.loads(sarif([difference(a_plan(), a_plan(policy=(a_result(kind="unknown"),)))]))
    (result,) = report["runs"][0]["results"]
    assert (result["kind"], result["level"]) == ("open", "none")


def test_findings_beyond_what_code_scanning_shows_are_left_out_from_the_end() -> None:
    found = [a_result(level="advisory", field=f"f{number}") for number in range(RESULTS_MAX)]
    run = json.loads(sarif([difference(a_plan(), a_plan(policy=(*found, a_result())))]))["runs"][0]
    assert len(run["results"]) == RESULTS_MAX
    assert run["results"][0]["level"] == "error"
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"].startswith("1 result omitted")


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
    assert "wave 2 pc-speech-main stops, then starts again (stop up to 5 s, start up to 70 s)" in " ".join(text.split())
    assert "WARNING" in text


def test_json_says_how_durations_are_estimated() -> None:
    data = json.loads(diff_json([SMALL], "main"))
    assert "start period" in data["restarts_estimated"]
    assert data["stacks"][0]["restart_s"] == 75
