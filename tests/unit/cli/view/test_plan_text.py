"""The plan as a picture: complete, stable, within its width, and readable without colours or Unicode."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from rich.text import Text

from cli.view import bar
from tests.unit.builders import ROOT, planned, swap
from tests.unit.cli.running import fleet, process, shipped, write_program

STACKS = ("mainpc", "pc2", "local")
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def words(text: str) -> str:
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


def test_the_head_says_what_the_machine_is() -> None:
    head = words(shipped("plan", "mainpc").out.splitlines()[0])
    assert head.startswith(
        "mainpc gaming PC, amd64, 16 CPUs, 64 GiB, RTX 4090, ssh://owner@192.168.1.10 offline plan, "
    )


def test_the_card_shows_every_share_and_what_is_left() -> None:
    text = words(shipped("plan", "mainpc").out)
    assert "RTX 4090 24 204 of 24 564 MiB 98.5 %" in text
    for figure in (
        "language-stack-gpu 6 656", "model-manager-gpu 4 096", "utility-gpu 3 584", "reasoning-gpu 3 072",
        "vision-gpu 1 536", "audio-emotion 1 536", "contexts 6 x 450 = 2 700", "desktop 1 024", "free 360",
    ):  # fmt: skip
        assert figure in text
    assert "enforced by MPS (6 processes); MPS serves 6 of 48 clients, uid 10001" in text


def test_memory_and_ports_of_the_machine_are_shown() -> None:
    text = words(shipped("plan", "mainpc").out)
    assert "42.8 GiB requested, 4 GiB reserve, of 64 GiB" in text
    for port in ("8000 core-platform", "9000 core-platform/observability", "8010 memory-stack", "8020 vision-gpu"):
        assert f"192.168.1.10:{port}, for pc2" in text
    assert "none published" in shipped("plan", "local").out
    assert "192.168.1.50:8200 lightweight-proxy, for people" in words(shipped("plan", "edge").out)


def test_the_disk_of_images_is_shown_where_packages_are_built() -> None:
    assert re.search(
        r"^images \d+\.\d GiB on disk, \d+\.\d GiB to download$", shipped("plan", "mainpc").out, re.MULTILINE
    )
    for stack in ("local", "edge", "cluster", "cloud"):
        assert "to download" not in shipped("plan", stack).out, stack


@pytest.mark.parametrize("stack", STACKS)
def test_groups_are_shown_by_wave_with_their_agents(stack: str) -> None:
    text = shipped("plan", stack).out
    groups = planned(stack).groups
    found = re.findall(r"^(?:wave (\d)|      )  ([a-z0-9-]+) +(\d+) agents? ", text, re.MULTILINE)
    assert [(name, int(agents)) for _, name, agents in found] == [(group.name, group.agents) for group in groups]
    assert [int(wave) for wave, _, _ in found if wave] == sorted({group.wave for group in groups})


def test_degradations_are_listed_with_their_reason() -> None:
    text = words(shipped("plan", "mainpc").out)
    assert "process limit per container (all groups): the Docker provider has no pids limit" in text
    assert "volume size (model-manager-gpu): Docker's local volumes have no quota" in text


def test_resources_and_policies_are_counted() -> None:
    text = shipped("plan", "mainpc").out
    resources = json.loads(shipped("plan", "mainpc", "--json").out)["resources"]
    assert re.search(rf"^{len(resources)} resources: 8 groups, 11 containers, ", text, re.MULTILINE)
    assert re.search(r"^policies: all \d+ rules passed$", text, re.MULTILINE)


def test_a_stack_without_its_gpus_says_so() -> None:
    text = words(shipped("plan", "pc2", "--without-gpu").out)
    assert "without GPU: memory-reasoning-gpu, vision-dream-gpu request one and run without" in text


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("stack", STACKS)
def test_no_line_is_wider_than_the_terminal_and_nothing_is_lost(stack: str, columns: int) -> None:
    text = shipped("plan", stack, columns=columns).out
    assert max(len(line) for line in text.splitlines()) <= columns
    for group in planned(stack).groups:
        assert re.search(rf"\b{group.name}\b", text)
    assert f"{len(planned(stack).groups)} groups" in text


def test_a_violated_policy_stays_within_the_width(tmp_path: Path) -> None:
    project = write_program(tmp_path, pc2=swap("config:\n", "config:\n  fleet:images: {tag: latest}\n"))
    answer = fleet(project, "plan", "pc2", COLUMNS="80")
    assert answer.code == 3
    assert answer.out.count("D01 no-latest   mandatory") == 4
    assert max(len(line) for line in answer.out.splitlines()) <= 80


def test_groups_without_extras_have_an_empty_column() -> None:
    assert "with" not in shipped("plan", "edge", columns=80).out.split()


def test_a_narrower_terminal_than_80_columns_gets_80() -> None:
    assert (
        words(shipped("plan", "pc2", columns=40).out).partition("offline plan")[0]
        == (words(shipped("plan", "pc2", columns=80).out).partition("offline plan")[0])
    )


@pytest.mark.parametrize("command", ["plan mainpc", "policy list", "policy explain A01", "validate"])
def test_piped_output_has_no_control_codes(command: str) -> None:
    assert not CONTROL.search(shipped(*command.split()).out)


def test_colours_come_only_when_they_are_forced() -> None:
    assert "\x1b[" in fleet(ROOT, "plan", "pc2", FORCE_COLOR="1").out


def test_two_plans_are_the_same_but_for_their_time(tmp_path: Path) -> None:
    project = write_program(tmp_path)
    first, second = (
        re.sub(r" \d+\.\d s$", "", fleet(project, "plan", "pc2").out, flags=re.MULTILINE) for _ in range(2)
    )
    assert first == second


def test_a_terminal_that_knows_ascii_alone_gets_ascii_alone() -> None:
    answer = process(ROOT, "plan", "mainpc", PYTHONIOENCODING="ascii")
    assert (answer.code, answer.err) == (0, "")
    assert "\\x" not in answer.out
    assert "GPU 0  ###" in answer.out
    assert "free 360" in answer.out


def test_faults_can_be_printed_in_ascii(tmp_path: Path) -> None:
    project = write_program(tmp_path, pc2=swap("cpus: 12", "cpus: 'zwölf'"))
    answer = process(project, "validate", PYTHONIOENCODING="ascii")
    assert answer.code == 2
    assert "Traceback" not in answer.err
    assert "machine.cpus" in answer.err


def columns_of(text: Text) -> dict[str, int]:
    return {fill: text.plain.count(fill) for fill in dict.fromkeys(text.plain)}


@pytest.mark.parametrize("width", [20, 33, 60])
def test_a_bar_is_exactly_as_wide_as_it_should_be(width: int) -> None:
    shares = bar.shares([("a", 6656), ("b", 4096), ("c", 1)])
    parts = [*shares, bar.overhead("contexts", 2700), bar.reserve("desktop", 1), bar.free(360)]
    assert len(bar.bar(parts, width, ascii_only=False)) == width


def test_a_small_part_of_a_bar_still_shows_and_an_empty_one_does_not() -> None:
    parts = [*bar.shares([("a", 10000), ("b", 1)]), bar.reserve("desktop", 0), bar.free(0)]
    assert columns_of(bar.bar(parts, 20, ascii_only=True)) == {"#": 19, "=": 1}


def test_parts_of_a_bar_differ_without_colour() -> None:
    parts = [*bar.shares([("a", 1), ("b", 1)]), bar.overhead("contexts", 1), bar.reserve("desktop", 1), bar.free(1)]
    for ascii_only in (False, True):
        assert columns_of(bar.bar(parts, 20, ascii_only=ascii_only)) == dict.fromkeys(
            bar.bar(parts, 20, ascii_only=ascii_only).plain, 4
        )


def test_an_overfull_card_has_no_free_part() -> None:
    assert bar.free(-5).mib == 0


def test_what_computes_on_the_cpu_despite_a_card_is_listed() -> None:
    said = "on the CPU despite a card (compiled without nvcc, see images/README.md):\n  reasoning-gpu: llama-cpp-python"
    assert said in shipped("plan", "mainpc").out
    assert json.loads(shipped("plan", "mainpc", "--json").out)["on_the_cpu"] == {"reasoning-gpu": ["llama-cpp-python"]}
    for others in (("mainpc", "--without-gpu"), ("pc2",), ("local",), ("cluster",)):
        assert "despite a card" not in shipped("plan", *others).out, others
