"""What a failed build printed, from the engine's event log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cli.deploy.build_output import failed_builds

IMAGE = "urn:pulumi:wood::fleet::fleet:docker:DockerMachine$docker:index/image:Image::wood-images-"
STEP = "digest: sha256:00\n[2/2] RUN make\n"
FAILED = "error reading build output: executor failed running [/bin/sh -c make]: exit code: 2\n"
NAMED = "build failed: executor failed running [/bin/sh -c make]: exit code: 2; its last lines:"


def said(name: str, *messages: str, error: str = "") -> list[dict[str, Any]]:
    events = [
        {"urn": f"{IMAGE}{name}", "message": message, "severity": "info", "ephemeral": True} for message in messages
    ]
    return [*events, *([{"urn": f"{IMAGE}{name}", "message": error, "severity": "error"}] if error else [])]


def read(folder: Path, *events: dict[str, Any], end: str = "") -> list[str]:
    file = folder / "events"
    file.write_text("\n".join([*(json.dumps({"diagnosticEvent": event}) for event in events), end]))
    return failed_builds(file)


def test_the_output_of_a_failed_step_without_the_names_of_steps(tmp_path: Path) -> None:
    events = said(
        "web", "Starting Docker build", STEP, "one\n", "\ntwo\n", STEP + "error: exit code: 2\n", error=FAILED
    )
    assert read(tmp_path, *events) == [f"image wood-images-web: {NAMED}\n    one\n    two"]


def test_the_last_lines_alone(tmp_path: Path) -> None:
    (text,) = read(tmp_path, *said("web", *(f"line {number}\n" for number in range(100)), error=FAILED))
    assert text.splitlines()[1:] == [f"    line {number}" for number in range(85, 100)]


def test_a_build_that_printed_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, *said("web", error="no space left on device")) == [
        "image wood-images-web: build failed: no space left on device; its last lines:\n    (it printed nothing)"
    ]


def test_each_failed_build_has_its_own_lines_and_no_other_resource_has_any(tmp_path: Path) -> None:
    other = {
        "urn": "urn:pulumi:wood::fleet::docker:index/container:Container::wood-owl",
        "message": "x",
        "severity": "error",
    }
    events = [
        *said("web", "web's"),
        *said("good", "good's"),
        *said("node", "node's", error="a"),
        *said("web", error="b"),
        other,
    ]
    assert [text.splitlines()[-1].strip() for text in read(tmp_path, *events)] == ["node's", "web's"]


def test_a_log_that_ends_in_the_middle_or_is_missing(tmp_path: Path) -> None:
    assert failed_builds(tmp_path / "none") == []
    assert len(read(tmp_path, *said("web", "one", error=FAILED), end='{"diagnosticEvent": {"ur')) == 1
    assert read(tmp_path, end='[]\n"x"\n{"diagnosticEvent": 1}') == []
