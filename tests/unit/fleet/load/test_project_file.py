"""Pulumi.yaml: validation reports what would stop Pulumi."""

from __future__ import annotations

from pathlib import Path

from tests.unit.builders import ROOT, faults_of, write_project


def test_a_project_file_that_pulumi_cannot_use_is_reported(tmp_path: Path) -> None:
    write_project(tmp_path)
    wrong = {}
    for text, faults in {
        "name: [": ("Pulumi.yaml:1",),
        "": ("Pulumi.yaml:1",),
        "- fleet\n": ("Pulumi.yaml:1",),
        "\t": ("Pulumi.yaml:1",),
        "runtime: python\n": ("Pulumi.yaml:1: name: is missing; ",),
        "name:\nruntime: python\n": ("Pulumi.yaml:1: name: is missing; ",),
        "name: a b\nruntime: python\n": ('Pulumi.yaml:1: name: "a b" is not a project\'s name; ',),
        "name: fleet\n": ("Pulumi.yaml:1: runtime: is missing; ",),
        "name: fleet\nruntime: nodejs\n": ('Pulumi.yaml:2: runtime: "nodejs" does not run this program; ',),
        "name: ''\nruntime: {}\n": ("Pulumi.yaml:1: name: ", "Pulumi.yaml:2: runtime: is missing; "),
    }.items():
        (tmp_path / "Pulumi.yaml").write_text(text)
        found = faults_of(tmp_path)
        if len(found) != len(faults) or not all(map(str.startswith, found, faults)):
            wrong[text] = found
    assert wrong == {}


def test_the_shipped_one_and_other_projects_are_accepted(tmp_path: Path) -> None:
    write_project(tmp_path)
    shipped = (ROOT / "Pulumi.yaml").read_text(encoding="utf-8")
    for text in (shipped, "name: my-fleet_2.0\nruntime: python\nbackend: {url: file://.}\n"):
        (tmp_path / "Pulumi.yaml").write_text(text)
        assert faults_of(tmp_path) == [], text


def test_a_folder_in_its_place_is_reported(tmp_path: Path) -> None:
    (write_project(tmp_path) / "Pulumi.yaml").mkdir()
    (fault,) = faults_of(tmp_path)
    assert fault.startswith("Pulumi.yaml: cannot be read (it is a folder)")
