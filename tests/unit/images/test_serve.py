"""agentic-flow's start: which key a provider needs, and where it is read from."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.unit.builders import ROOT

SERVE = ROOT / "images/agentic-flow/serve.sh"
KEY = "OPENROUTER_API_KEY"


def serve(folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Runs the script with a program in Node's place that prints the keys it was given."""
    node = folder / "node"
    node.write_text('#!/bin/sh\necho "$OPENROUTER_API_KEY|$ANTHROPIC_API_KEY|$GOOGLE_GEMINI_API_KEY"\n')
    node.chmod(0o755)
    path = {"PATH": f"{folder}:/usr/bin:/bin", "PORT": "3000"}
    return subprocess.run(["/bin/sh", str(SERVE)], env=path | env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("provider", "key", "printed"),
    [
        ("openrouter", "OPENROUTER_API_KEY", "word||"),
        ("anthropic", "ANTHROPIC_API_KEY", "|word|"),
        ("gemini", "GOOGLE_GEMINI_API_KEY", "||word"),
    ],
)
def test_a_key_is_read_from_its_file_or_from_the_variable(
    tmp_path: Path, provider: str, key: str, printed: str
) -> None:
    (tmp_path / "key").write_text("word\n")
    for env in ({f"{key}_FILE": str(tmp_path / "key")}, {key: "word"}):
        done = serve(tmp_path, PROVIDER=provider, **env)
        assert (done.returncode, done.stdout.strip()) == (0, printed), done.stderr


def test_the_local_model_needs_no_key(tmp_path: Path) -> None:
    assert serve(tmp_path, PROVIDER="onnx").returncode == 0


def test_a_missing_key_is_reported_before_anything_starts(tmp_path: Path) -> None:
    done = serve(tmp_path, PROVIDER="openrouter")
    message = f"agentic-flow: {KEY}: is not set; give the secret to this container\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", message)


def test_a_key_file_that_is_not_there_is_reported_with_its_path(tmp_path: Path) -> None:
    done = serve(tmp_path, PROVIDER="openrouter", **{f"{KEY}_FILE": "/nowhere/key"})
    assert done.returncode == 2
    assert done.stderr.startswith(f"agentic-flow: {KEY}_FILE: /nowhere/key cannot be read; ")
