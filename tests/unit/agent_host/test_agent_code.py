"""What a command needs is looked for without running it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from agent_host.agent_code import missing_code


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package whose import would fail, in the working directory."""
    package = tmp_path / "speech"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    (package / "listener.py").write_text("raise RuntimeError('imported')")
    (tmp_path / "tool.py").write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("code")
@pytest.mark.parametrize(
    ("command", "missing"),
    [
        ("python3 -m speech.listener", None),
        ("python3 -u -X dev -m speech.listener --loud", None),
        ("python3 -m speech.talker", "module speech.talker"),
        ("python3 -m silence.listener", "module silence.listener"),
        ("python3 -m speech.listener.ear", "module speech.listener.ear"),
        ("python3 tool.py", None),
        ("python3 /nowhere/tool.py", "script /nowhere/tool.py"),
        ("python3 -c pass", None),
        ("sh -c true", None),
        ("/nowhere/bin/agent", "program /nowhere/bin/agent"),
        ("no-such-program-here", "program no-such-program-here"),
    ],
)
def test_missing_code_is_named(command: str, missing: str | None) -> None:
    assert missing_code(command.split()) == missing


@pytest.mark.usefixtures("code")
def test_nothing_is_imported() -> None:
    missing_code(["python3", "-m", "speech.listener"])
    assert "speech" not in sys.modules
