"""`fleet report`: one page of the whole fleet, in a real browser where there is one; and `fleet graph`."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from cli.diff.model import Card, Effect, FieldChange, Kind, Pair, Presence, ResourceChange, Restart, StackDiff
from cli.judging import Found, Judged
from cli.view.memory import of_card
from cli.view.report.bars import memory_bar
from cli.view.report.differences import differences_section
from cli.view.report.drawing import svg
from cli.view.report.facts import Facts
from cli.view.report.layout import NARROW, WIDE, draw
from cli.view.report.mermaid import mermaid
from cli.view.report.page import page
from fleet.cost import shipped_prices, stack_cost
from fleet.load.project import load_project
from fleet.plan.planner import plan_stack
from tests import browser
from tests.levels import need
from tests.unit.builders import ROOT
from tests.unit.cli.running import fleet, shipped

STACKS = ("mainpc", "pc2", "cluster", "cloud", "edge")
_ADVICE = Found("D02", "digest-pinned", False, "web", "image <b>web</b> has no digest", "groups/web.yaml:3")


@cache
def _facts() -> tuple[Facts, ...]:
    fleet = load_project(ROOT).fleet
    made = []
    for name in STACKS:
        plan = plan_stack(fleet, name)
        cost = stack_cost(fleet.stacks[name], fleet.groups, plan, shipped_prices())
        made.append(Facts(plan, Judged(81, 80, (_ADVICE,)), cost))
    return tuple(made)


@cache
def _page() -> str:
    return page(_facts(), date(2026, 1, 2))


def test_the_command_judges_every_stack_and_writes_one_page(tmp_path: Path) -> None:
    answer = fleet(ROOT, "report", "-o", str(tmp_path / "fleet.html"))
    assert (answer.code, answer.err) == (0, "")
    text = (tmp_path / "fleet.html").read_text(encoding="utf-8")
    assert "0 violated" in text
    assert "not checked" not in text
    assert "G21 highest-cost (advisory)" in text
    assert len(text.encode()) < 300_000


def test_every_group_card_and_endpoint_is_on_the_page() -> None:
    for facts in _facts():
        for group in facts.deployment.groups:
            assert f'id="{facts.name}--{group.name}"' in _page()
        for address in facts.deployment.endpoints.values():
            assert f"<code>{address}</code>" in _page()
    assert "24 204 of 24 564 MiB" in _page()


def test_words_of_others_are_escaped() -> None:
    assert "image &lt;b&gt;web&lt;/b&gt; has no digest" in _page()
    machine = _facts()[0].deployment.machine.model_copy(update={"title": "<script>x</script>"})
    facts = replace(_facts()[0], deployment=replace(_facts()[0].deployment, machine=machine))
    assert "<script>x" not in page([facts], date(2026, 1, 2))


def test_a_violated_rule_and_a_stack_that_was_not_judged_are_reported() -> None:
    first, second, *_ = _facts()
    violated = replace(first, judged=Judged(81, 80, (replace(_ADVICE, mandatory=True),)))
    failed = replace(second, judged=Judged(failed="no <digest>"))
    text = page([violated, failed], date(2026, 1, 2))
    assert "1 violated" in text
    assert "1 not checked" in text
    assert "no &lt;digest&gt;" in text


def test_each_part_of_a_card_has_a_pattern_of_its_own() -> None:
    card = str(memory_bar("Card", of_card(_facts()[0].deployment.cards[0])))
    fills = re.findall(r'<i class="([^"]+)"', card)
    assert len(fills) == len(set(fills)) == 9


def test_copies_are_what_the_target_runs() -> None:
    notes = {box.group: box.note for box in draw([facts.deployment for facts in _facts()], WIDE).boxes}
    assert notes["agentic-flow-burst-onnx"] == "4 GiB, 0-5x"
    assert notes["agentic-flow"] == "1 GiB, 3-10x"
    assert notes["lightweight-proxy"] == "1 agent, 64 MiB"


@pytest.mark.parametrize("room", [WIDE, NARROW], ids=lambda room: room.name)
def test_boxes_lie_inside_the_drawing_and_never_on_each_other(room: object) -> None:
    drawing = draw([facts.deployment for facts in _facts()], WIDE if room is WIDE else NARROW)
    boxes = drawing.boxes
    assert all(b.x >= 0 and b.x + b.width <= drawing.width and b.y + b.height <= drawing.height for b in boxes)
    for i, a in enumerate(boxes):
        for b in boxes[i + 1 :]:
            apart = a.x + a.width <= b.x or b.x + b.width <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y
            assert apart, f"{a.group} lies on {b.group}"


def test_a_line_is_drawn_for_every_connection_between_groups() -> None:
    drawing = draw([facts.deployment for facts in _facts()], WIDE)
    drawn = {(link.source.group, link.target.group) for link in drawing.links}
    assert drawn == {(edge.source, edge.target) for facts in _facts() for edge in facts.deployment.edges}
    assert {link.crosses for link in drawing.links if link.target.group == "infra-core-cpu"} == {True, False}


@pytest.mark.parametrize("stack", [(), ("pc2",), ("local",)])
def test_the_svg_is_a_picture_of_its_own(stack: tuple[str, ...]) -> None:
    answer = shipped("graph", *stack, "--format", "svg")
    root = ET.fromstring(answer.out)  # noqa: S314  (we made it)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "href" not in answer.out.replace("xlink", "")


def test_the_picture_in_the_documents_is_the_fleet_that_is_shipped() -> None:
    kept = (ROOT / "docs" / "fleet.svg").read_text(encoding="utf-8")
    assert shipped("graph", "--format", "svg").out == kept, "fleet graph --format svg > docs/fleet.svg"


def test_one_stack_is_drawn_with_what_it_talks_to() -> None:
    text = shipped("graph", "pc2").out
    assert "n_mainpc__n_core_platform" in text
    assert "n_cluster" not in text
    assert "n_pc2__n_vision_dream_gpu -.->|\"8020\"| n_mainpc__n_vision_gpu" in text  # fmt: skip


def test_mermaid_names_only_what_it_has_drawn() -> None:
    lines = shipped("graph").out.splitlines()
    assert lines[0] == "flowchart BT"
    drawn = {match[1] for line in lines if (match := re.match(r"    (\w+)\[", line))}
    named = {end for line in lines if "|" in line for end in re.findall(r"n_\w+", line)}
    assert named <= drawn


def test_mermaid_and_svg_read_no_words_of_others() -> None:
    drawing = draw([facts.deployment for facts in _facts()], WIDE)
    hostile = '"]end; click x "javascript:alert(1)" <img src=x onerror=y> %%{init: {}}%% `a` #quot; & \n'
    frames = tuple(replace(frame, title=hostile) for frame in drawing.frames)
    lines = mermaid(replace(drawing, frames=frames)).splitlines()
    assert len(lines) == len(mermaid(drawing).splitlines())
    assert not [line for line in lines if line.lstrip().startswith(("click", "%%")) or "<img" in line]
    assert all(line.count('"') in (0, 2) for line in lines)
    ET.fromstring(str(svg(replace(drawing, frames=frames), alone=True)))  # noqa: S314  (we made it)


def test_a_missing_stack_is_reported() -> None:
    answer = shipped("graph", "nowhere")
    assert answer.code == 2
    assert 'unknown stack "nowhere"' in answer.err


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[browser.Page]:
    need("browser", browser.missing())
    with browser.opened(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("page") / "fleet.html"
    made.write_text(_page(), encoding="utf-8")
    return made


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1400])
def test_it_fits_a_phone_and_a_screen_and_asks_for_nothing(
    tab: browser.Page, file: Path, width: int, scheme: str
) -> None:
    tab.open(file, width, scheme)
    for opened in ("false", "true"):
        tab.value(f"document.querySelectorAll('details').forEach(d => d.open = {opened})")
        assert tab.value("document.scrollingElement.scrollWidth") <= width
    dark = tab.value("getComputedStyle(document.body).backgroundColor") == "rgb(15, 20, 27)"
    assert dark == (scheme == "dark")
    assert tab.complaints() == []
    assert tab.asked_for() == set()


def test_the_tab_key_reaches_everything(tab: browser.Page, file: Path) -> None:
    tab.open(file, 1400)
    tab.value("document.querySelectorAll('details').forEach(d => d.open = true)")
    wanted = tab.value(
        "(window.all = [...document.querySelectorAll('a,summary,[tabindex=\"0\"]')]"
        ".filter(e => e.getClientRects().length)).length"
    )
    reached = set()
    # The browser's own end of the row takes a press too.
    for _ in range(wanted + 2):
        tab.press_tab()
        reached.add(tab.value("all.indexOf(document.activeElement)"))
    assert reached >= set(range(wanted))


def test_the_first_press_shows_a_way_past_the_head(tab: browser.Page, file: Path) -> None:
    tab.open(file, 360)
    tab.press_tab()
    assert tab.value("document.activeElement.className") == "skip"
    assert tab.value("document.activeElement.getBoundingClientRect().left") >= 0
    assert tab.value("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert tab.value("document.querySelector(document.activeElement.getAttribute('href')) !== null")


def test_on_paper_nothing_is_folded_away(tab: browser.Page, file: Path) -> None:
    tab.open(file, 1400)
    folded = "[...document.querySelectorAll('details > :not(summary)')].filter(e => !e.checkVisibility()).length"
    assert tab.value(folded) > 0
    tab.call("Emulation.setEmulatedMedia", media="print")
    assert tab.value(folded) == 0
    tab.call("Emulation.setEmulatedMedia", media="")


def test_a_group_with_the_focus_stresses_its_own_lines(tab: browser.Page, file: Path) -> None:
    tab.open(file, 1400)
    tab.value("document.querySelector('.wide [data-group=\"pc2--vision-dream-gpu\"]').focus()")
    stressed = tab.value("[...document.querySelectorAll('.wide.picked .link.on')].map(l => l.dataset.to).sort()")
    assert stressed == ["mainpc--core-platform", "mainpc--vision-gpu", "pc2--infra-core-cpu"]


def test_what_differs_from_a_base_stands_first_and_says_why() -> None:
    change = ResourceChange(
        Kind.REPLACED, "docker:index/container:Container", "mainpc-web", "web",
        (FieldChange("image", "web:<1>", "web:2"),), ("image",),
    )  # fmt: skip
    restart = Restart("mainpc-web", "web", 1, Effect.RECREATED, 30, 60)
    card = Card("RTX 4090", 24564, 1024, 450, 0, 23090)
    after = replace(card, requested_mib=2048, free_mib=22066)
    diff = StackDiff(
        "mainpc", Presence.BOTH, resources=(change,), restarts=(restart,), cards={"gpu0": Pair(card, after)}
    )
    section = differences_section([diff, StackDiff("pc2", Presence.BOTH)], "main (abc)")
    text = page(_facts(), date(2026, 1, 2), section)
    assert text.index('id="difference"') < text.index('id="drawing"')
    assert 'href="#difference"' in text
    assert "± replaced Container mainpc-web (image: web:&lt;1&gt; -&gt; web:2); because of image" in text
    assert "1, up to 90 s in total" in text
    assert "RTX 4090, 2 498 of 24 564 MiB" in text
    assert "No differences: pc2" in text


def test_no_difference_is_one_line() -> None:
    section = differences_section([StackDiff("pc2", Presence.BOTH)], "main (abc)")
    assert "No stack differs." in str(section)
