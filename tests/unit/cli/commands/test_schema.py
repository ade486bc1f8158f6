"""`fleet schema`: writes the schemas, and finds those that are older than the models."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.unit.builders import ROOT
from tests.unit.cli.running import fleet, shipped, write_program


def test_the_committed_schemas_are_up_to_date() -> None:
    answer = shipped("schema", "--check")
    assert (answer.code, answer.out, answer.err) == (0, "schemas/: up to date\n", "")


def test_a_stale_schema_is_reported_and_renewed(tmp_path: Path) -> None:
    project = write_program(tmp_path)
    shutil.copytree(ROOT / "schemas", project / "schemas")
    stale = project / "schemas" / "group.schema.json"
    stale.write_text("{}")
    answer = fleet(project, "schema", "--check")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == "schemas/group.schema.json: out of date; run `fleet schema`\n"
    assert stale.read_text() == "{}"
    assert fleet(project, "schema").out == "schemas/group.schema.json: written\n"
    assert stale.read_text() == (ROOT / "schemas" / "group.schema.json").read_text()
    assert fleet(project, "schema", "--check").code == 0


def test_missing_schemas_are_made(tmp_path: Path) -> None:
    project = write_program(tmp_path)
    assert fleet(project, "schema").code == 0
    assert {file.name for file in (project / "schemas").iterdir()} == {"group.schema.json", "stack.schema.json"}
