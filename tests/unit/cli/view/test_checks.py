"""Checks as text and as JSON."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from cli.diagnostics.check import Check, Status, counts, good, unknown, warning, worst, wrong
from cli.view.checks_json import checks_json
from cli.view.checks_text import show_checks

LONG = "docker -H ssh://owner@192.168.9.10 " + "x" * 120


def picture(
    capsys: pytest.CaptureFixture[str], checks: list[Check], *containers: str, width: int = 100, encoding: str = "utf-8"
) -> list[str]:
    """The lines printed to something that is no terminal."""
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    out = Console(file=file, width=width, highlight=False)
    show_checks(out, "alpha", "2 of 2 containers", checks, containers)
    return capsys.readouterr().out.splitlines()


def of_container(name: str, *more: Check) -> list[Check]:
    return [
        good(name, "runs", "up 7 min, 0 restarts", "7 min"),
        good(name, "image", "registry.example/hub:1.0 (0123456789ab)"),
        good(name, "health", "healthy", "healthy"),
        good(name, "memory", "64 MiB used, 64 requested, limit 128", "64 of 128 MiB", 0.5),
        good(name, "cpu", "0.01 CPUs used, 0.1 requested, limit 0.5", "0.01 of 0.5", 0.02),
        *more,
    ]


def test_containers_have_a_row_each_and_what_is_wrong_comes_last(capsys: pytest.CaptureFixture[str]) -> None:
    checks = [
        *of_container("hub"),
        *of_container(
            "eyes", good("eyes", "peer hub", "in 1 ms"), wrong("eyes", "peer far", "timed out", "fleet verify beta")
        ),
        good("alpha_internal", "network", "bridge 10.210.91.0/24"),
        good("alpha-a", "volume", "in /srv/a"),
        good("alpha-b", "volume", "in /srv/b"),
        unknown("gpu0", "GPU memory", "not read", "nvidia-smi"),
    ]
    assert picture(capsys, checks, "hub", "eyes") == [
        "alpha   2 of 2 containers",
        "",
        "                  up  health          memory         CPUs  peers   of its memory",
        "✓ good   hub   7 min  healthy  64 of 128 MiB  0.01 of 0.5  none    █████░░░░░",
        "✗ wrong  eyes  7 min  healthy  64 of 128 MiB  0.01 of 0.5  1 of 2  █████░░░░░",
        "",
        "✓ good  image                   2 of 2 as planned",
        "✓ good  alpha_internal network  bridge 10.210.91.0/24",
        "✓ good  volume                  2 of 2: alpha-a, alpha-b",
        "",
        "16 checks: 14 good, 1 unknown, 1 wrong",
        "? unknown  gpu0 GPU memory: not read",
        "    nvidia-smi",
        "✗ wrong  eyes peer far: timed out",
        "    fleet verify beta",
    ]


def test_a_narrow_terminal_leaves_out_the_processors_and_the_bar(capsys: pytest.CaptureFixture[str]) -> None:
    lines = picture(capsys, of_container("hub"), "hub", width=80)
    assert lines[2:4] == [
        "                up  health          memory  peers",
        "✓ good  hub  7 min  healthy  64 of 128 MiB  none",
    ]


def test_a_container_that_does_not_run_has_gaps(capsys: pytest.CaptureFixture[str]) -> None:
    checks = [wrong("hub", "runs", "stopped 5 s ago", "docker start hub", "stopped")]
    assert picture(capsys, checks, "hub")[2:] == [
        "                   up  health  memory  CPUs  peers  of its memory",
        "✗ wrong  hub  stopped",
        "",
        "1 check: 1 wrong",
        "✗ wrong  hub runs: stopped 5 s ago",
        "    docker start hub",
    ]


def test_a_command_is_never_broken_and_a_shared_one_comes_once(capsys: pytest.CaptureFixture[str]) -> None:
    checks = [wrong("a", "volume", "does not exist", LONG), wrong("b", "volume", "does not exist", LONG)]
    assert picture(capsys, checks, width=80)[3:] == [
        "✗ wrong  a volume: does not exist",
        "✗ wrong  b volume: does not exist",
        f"    {LONG}",
    ]


def test_figures_are_wrapped_and_nothing_is_padded(capsys: pytest.CaptureFixture[str]) -> None:
    lines = picture(capsys, [good("daemon", "version", "word " * 40), warning("a", "b", "word " * 40, "c")], width=80)
    assert all(len(line) <= 80 and line == line.rstrip() for line in lines)
    assert sum(line.count("word") for line in lines) == 80


def test_markup_in_a_figure_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    lines = picture(capsys, [good("a", "b", "[red]x[/red]"), wrong("c", "d", "[bold]", "[y]")])
    assert "[red]x[/red]" in lines[2]
    assert lines[-2:] == ["✗ wrong  c d: [bold]", "    [y]"]


def test_an_output_without_unicode_gets_plain_marks(capsys: pytest.CaptureFixture[str]) -> None:
    checks = [*of_container("hub"), wrong("a", "b", "c", "d")]
    lines = picture(capsys, checks, "hub", encoding="ascii")
    assert all(line.isascii() for line in lines)
    assert lines[3].startswith("+ good  hub")
    assert "x wrong  a b: c" in lines


def test_json_holds_every_check_and_a_summary() -> None:
    checks = [good("hub", "runs", "up 7 min", "7 min"), wrong("hub", "ports", "open", "mend it")]
    assert json.loads(checks_json("alpha", checks)) == {
        "stack": "alpha",
        "checks": [
            {"subject": "hub", "check": "runs", "status": "good", "figure": "up 7 min", "mend": ""},
            {"subject": "hub", "check": "ports", "status": "wrong", "figure": "open", "mend": "mend it"},
        ],
        "summary": {"good": 1, "unknown": 0, "warning": 0, "wrong": 1},
    }


def test_the_worst_of_nothing_is_good() -> None:
    assert worst([]) is Status.GOOD
    assert worst([warning("a", "b", "c", "d"), unknown("a", "b", "c", "d")]) is Status.WARNING
    assert counts([])[Status.WRONG] == 0
