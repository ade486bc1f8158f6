"""Every Dockerfile passes hadolint; what one does all the same stands above the line, with its reason."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
HADOLINT = Path(sys.executable).parent / "hadolint"
DOCKERFILES = sorted(str(file.relative_to(ROOT)) for file in (ROOT / "images").rglob("Dockerfile*"))


def test_there_are_dockerfiles() -> None:
    assert "images/agent-host/Dockerfile" in DOCKERFILES


@pytest.mark.parametrize("file", DOCKERFILES)
def test_a_dockerfile_has_no_finding(file: str) -> None:
    done = subprocess.run([str(HADOLINT), file], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_finding_is_found(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM debian:latest\n")
    done = subprocess.run([str(HADOLINT), "Dockerfile"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "DL3007" in done.stdout


def test_the_probes_of_two_images_are_the_same_program() -> None:
    """Each image is built from its own folder, so the file is there twice."""
    one, two = (ROOT / "images" / name / "probe.mjs" for name in ("agentdb", "agentic-flow"))
    assert one.read_bytes() == two.read_bytes()
