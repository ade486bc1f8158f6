"""No text of the files has characters that nobody sees."""

from __future__ import annotations

from pathlib import Path

from tests.unit.builders import assert_accepted, faults_of, under, write_project

INVISIBLE = ("\\0", "\\x07", "\\e", "\\r", "\\x7f", "\\x85", "\\u200b", "\\u202e", "\\u2066", "\\ufeff", "\\L")
PLACES = (
    '    env: {{MOOD: "a{0}b"}}', '    command: ["a{0}b"]', '    hardening: {{tmpfs: {{"/a{0}b": 1MiB}}}}',
    '    health: {{command: [x, "a{0}b"]}}', '    health: {{"a{0}b": 1}}', '    secrets: ["a{0}b"]',
)  # fmt: skip


def test_an_invisible_character_is_refused_wherever_it_stands(tmp_path: Path) -> None:
    taken = []
    for place in PLACES:
        for character in INVISIBLE:
            lines = place.format(character)
            change = under("shared_memory", lines)
            faults = faults_of(write_project(tmp_path, vision_gpu=change))
            if not any("has an invisible character (U+" in fault for fault in faults):
                taken.append((place, character))
    assert taken == []


def test_tabs_and_lines_of_a_value_are_visible(tmp_path: Path) -> None:
    assert_accepted(tmp_path, vision_gpu=under("shared_memory", '    env: {MOOD: "good\\tand\\nbad é 供"}'))


def test_the_place_is_shown_without_the_character(tmp_path: Path) -> None:
    change = under("shared_memory", '    env: {MOOD: "x\\e[31m"}')
    (fault,) = faults_of(write_project(tmp_path, vision_gpu=change))
    assert "containers.main.env.MOOD: has an invisible character (U+001B) at position 2; remove it" in fault
    assert fault.isprintable()
