"""Documents: plain data, the line of every value, and every way in which a text is no YAML mapping."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from fleet.source.document import Document, dotted, read_document
from fleet.source.faults import Fault
from tests.unit.builders import ROOT

TEXT = """\
# a comment
name: ears

containers:
  main:
    agents: {Ear: {}, Drum: {module: a.b}}
    env:
      "A.B": x
    args:
      - one
      - two: 2
        three: [3,
                4]
  side: &side
    note: |
      several
      lines
  again: *side
"""


def read(tmp_path: Path, text: str | bytes) -> tuple[Document, list[Fault]]:
    file = tmp_path / "x.yaml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_document(file, "x.yaml")


def only_fault(tmp_path: Path, text: str | bytes) -> str:
    document, faults = read(tmp_path, text)
    assert document.value is None
    assert len(faults) == 1
    return "\n".join(faults[0].lines())


def test_every_value_knows_its_line(tmp_path: Path) -> None:
    document, faults = read(tmp_path, TEXT)
    assert faults == []
    assert document.lines == {
        (): 2,
        ("name",): 2,
        ("containers",): 4,
        ("containers", "main"): 5,
        ("containers", "main", "agents"): 6,
        ("containers", "main", "agents", "Ear"): 6,
        ("containers", "main", "agents", "Drum"): 6,
        ("containers", "main", "agents", "Drum", "module"): 6,
        ("containers", "main", "env"): 7,
        ("containers", "main", "env", "A.B"): 8,
        ("containers", "main", "args"): 9,
        ("containers", "main", "args", 0): 10,
        ("containers", "main", "args", 1): 11,
        ("containers", "main", "args", 1, "two"): 11,
        ("containers", "main", "args", 1, "three"): 12,
        ("containers", "main", "args", 1, "three", 0): 12,
        ("containers", "main", "args", 1, "three", 1): 13,
        ("containers", "side"): 14,
        ("containers", "side", "note"): 15,
        ("containers", "again"): 18,
        ("containers", "again", "note"): 15,
    }


def test_a_value_the_file_does_not_spell_out_has_the_line_of_the_nearest_above_it(tmp_path: Path) -> None:
    document, _ = read(tmp_path, TEXT)
    assert document.line(("containers", "main", "hardening", "run_as")) == 5
    assert document.line(("containers", "main", "agents", "Drum", "args", 0)) == 6
    assert document.line(("ports",)) == 2


@pytest.mark.parametrize("file", sorted(ROOT.glob("groups/assistant/*.yaml")), ids=lambda file: file.stem)
def test_values_are_what_a_plain_yaml_reader_gives(file: Path) -> None:
    document, faults = read_document(file, file.name)
    assert faults == []
    assert document.value == yaml.safe_load(file.read_text(encoding="utf-8"))


def test_a_key_given_twice_is_reported_with_its_second_line_and_the_first_is_kept(tmp_path: Path) -> None:
    document, faults = read(tmp_path, "a: 1\nb:\n  c: 2\n  d: 3\n  c: 4\na: 5\n")
    assert document.value == {"a": 1, "b": {"c": 2, "d": 3}}
    assert ["\n".join(fault.lines()) for fault in faults] == [
        "x.yaml:5: b.c: duplicate key; keep one of the two",
        "x.yaml:6: a: duplicate key; keep one of the two",
    ]


def test_an_alias_that_contains_itself_ends_and_is_reported(tmp_path: Path) -> None:
    document, faults = read(tmp_path, "a: &a\n  b:\n    - *a\n")
    assert document.value == {"a": {"b": [None]}}
    assert ["\n".join(fault.lines()) for fault in faults] == [
        "x.yaml:3: a.b.0: contains itself through an alias; write the value out"
    ]


def test_an_alias_used_twice_side_by_side_is_fine(tmp_path: Path) -> None:
    document, faults = read(tmp_path, "a: &a {x: 1}\nb: [*a, *a]\n")
    assert faults == []
    assert document.value == {"a": {"x": 1}, "b": [{"x": 1}, {"x": 1}]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [1,\n", "x.yaml:1: is not valid YAML (the [ that opens here lacks a comma or its ] by line 2)"),
        ("a: 1\nb: {\nc: 2\n", "x.yaml:2: is not valid YAML (the { that opens here lacks a comma or its } by line 4)"),
        (
            "a:\n\tb: 1\n",
            "x.yaml:2: is not valid YAML (found a character that cannot start a value, such as a tab, @ or `)",
        ),
        *(
            (text, f"x.yaml:{line}: is not valid YAML (the quote that opens here is {said})")
            for text, line, said in (
                ("a: 'open\n", 1, "never closed"),
                ('a: 1\nb: "open\nc: "12.1"\n', 2, "closed only in line 3"),
                ('a: [x, "y]\nb: "z"\n', 1, "closed only in line 2"),
                ('a: "x\n  b: ""\nc: 1\n', 1, "closed only in line 2"),
            )
        ),
        (
            "a: 1\nb: [x, y\nc: 2\n",
            "x.yaml:2: is not valid YAML (the [ that opens here lacks a comma or its ] by line 3)",
        ),
        ("a: {b: 1\n  c: 2}\n", "x.yaml:1: is not valid YAML (the { that opens here lacks a comma or its } by line 2)"),
        ("a: {b: [1],\n  c: {d: 1}\nx: 1\n", "x.yaml:1: is not valid YAML (the { that opens here lacks"),
        ("a: {b: [1\n  c: {d: 1}\nx: 1\n", "x.yaml:1: is not valid YAML (the [ that opens here lacks"),
        ("a: 'it's'\n", "x.yaml:1: is not valid YAML (did not find expected key)"),
        ('a: "x\n  y"\nb: 1\n c: 2\n', "x.yaml:4: is not valid YAML (mapping values"),
    ],
)
def test_broken_yaml_is_reported_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    fault = only_fault(tmp_path, text)
    assert fault.startswith(said)
    assert fault.endswith("; correct the syntax")


@pytest.mark.parametrize("text", ["", "\n", "# nothing but a comment\n", "---\n"])
def test_an_empty_file_is_reported(tmp_path: Path, text: str) -> None:
    assert only_fault(tmp_path, text) == ("x.yaml:1: is empty; start it with a key, like `containers:`")


def test_a_stack_files_fault_names_its_own_key(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.x.yaml").write_text("")
    assert read_document(tmp_path / "Pulumi.x.yaml", "Pulumi.x.yaml")[1][0].remedy.endswith("like `config:`")


@pytest.mark.parametrize("text", ["- a\n- b\n", "just words\n"])
def test_a_value_other_than_a_mapping_is_reported(tmp_path: Path, text: str) -> None:
    assert only_fault(tmp_path, text) == ("x.yaml:1: is not a mapping; start it with a key, like `containers:`")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\x89PNG\r\n\x1a\n\x00\xff", "schön: ja".encode("latin-1")])
def test_a_binary_file_is_reported(tmp_path: Path, content: bytes) -> None:
    fault = only_fault(tmp_path, content)
    assert fault.startswith(("x.yaml: is not UTF-8 text (UTF-16)", "x.yaml:1: is not UTF-8 text (byte 0x"))
    assert fault.endswith("; save it as UTF-8")


def test_a_control_character_is_reported(tmp_path: Path) -> None:
    for character in "\0\x07\x1b\x7f\x85\u2028\u2029\ufeff\uffff":
        said = f"x.yaml:2: contains the control character U+{ord(character):04X}; "
        assert only_fault(tmp_path, f"a: 1\nb: x{character}y") == (
            f"{said}remove it, or write it as an escape in double quotes"
        )


def test_a_text_nested_thousands_deep_is_reported(tmp_path: Path) -> None:
    """Today's C parser recurses for each level: 30 000 end the process."""
    for text in (
        "a: " + "[" * 30_000,
        "{a: " * 30_000,
        "a: " + "[{x: " * 30_000,
        "? " * 30_000,
        "a:\n" + "- " * 30_000,
    ):
        fault = only_fault(tmp_path, text)
        assert "is nested more than 50 levels deep; flatten it" in fault or "is not a mapping" in fault, text[:10]
    rows = ["a0: &a0 [x]", *(f"a{i}: &a{i} [*a{i - 1}]" for i in range(1, 60))]
    assert "is nested more than 50 levels deep" in only_fault(tmp_path, "\n".join(rows))


def test_a_missing_file_or_a_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    for name in ("folder.yaml", "missing.yaml"):
        document, faults = read_document(tmp_path / name, name)
        assert document.value is None
        assert faults[0].place == name
        assert faults[0].problem.startswith("cannot be read (")
        assert str(tmp_path) not in faults[0].problem


def test_a_tag_is_reported_and_the_rest_is_read(tmp_path: Path) -> None:
    text = "a: !!bool abc\nb: !!python/object:os.system x\nc: 3\nd: ! 5\ne: !!timestamp [{x: !t y}]\n!!str f: 1\n"
    document, faults = read(tmp_path, text)
    assert document.value == {"a": "abc", "b": "x", "c": 3, "d": 5, "e": [{"x": "y"}]}
    places = ["x.yaml:1: a", "x.yaml:2: b", "x.yaml:4: d", "x.yaml:5: e", "x.yaml:5: e.0.x", "x.yaml:6"]
    assert [fault.place for fault in faults] == places
    assert faults[0].problem == 'tag "tag:yaml.org,2002:bool" is not supported'


def test_a_key_other_than_text_is_reported(tmp_path: Path) -> None:
    document, faults = read(tmp_path, "a:\n  ? [x, y]\n  : 1\n  b: 2\n")
    assert document.value == {"a": {"b": 2}}
    assert ["\n".join(fault.lines()) for fault in faults] == [
        "x.yaml:2: a: a key is not plain text; use a word as the key"
    ]


def test_a_path_is_written_with_dots() -> None:
    assert dotted(("containers", "main", "devices", 0)) == "containers.main.devices.0"
    assert dotted(()) == ""


def test_aliases_of_aliases_do_not_multiply_without_end(tmp_path: Path) -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]
    _, faults = read(tmp_path, "\n".join(rows))
    assert [fault.problem for fault in faults] == ["has more than 100000 values"]
