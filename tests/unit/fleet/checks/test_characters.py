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
    mark = "has an invisible character (U+001B) at position"
    for line, said in {
        'env: {MOOD: "x\\e[31m"}': f'env.MOOD: {mark} 2 of "x\\x1b[31m"; remove it',
        f'env: {{MOOD: "{"a" * 50}\\e{"b" * 50}"}}': f'env.MOOD: {mark} 51 of "{"a" * 15}\\x1b{"b" * 14}"; remove it',
        'env: {API_KEY: "hunter\\e2"}': f"env.API_KEY: {mark} 7 of (a secret, not shown); remove it",
        'command: [x, --password, "hunter\\e2"]': f"command.2: {mark} 7; remove it",
    }.items():
        faults = faults_of(write_project(tmp_path, vision_gpu=under("shared_memory", f"    {line}")))
        assert any(fault.endswith(f"containers.main.{said}") for fault in faults), faults
        assert all(fault.isprintable() and "hunter" not in fault for fault in faults), faults
