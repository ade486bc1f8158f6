"""A command for a person: what the shell lacks is in front of it, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.pulumi_command import typed


@pytest.fixture
def on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A `pulumi` on PATH, with neither a backend nor a passphrase set."""
    program = tmp_path / "bin" / "pulumi"
    program.parent.mkdir()
    program.touch(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    for name in ("PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE"):
        monkeypatch.delenv(name, raising=False)
    return str(program)


def test_variables_that_the_shell_has_are_left_out(
    on_path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = {"PULUMI_BACKEND_URL": "file:///a b", "PULUMI_CONFIG_PASSPHRASE": "", "OTHER": "x"}
    command = typed(on_path, tmp_path, environment, "cancel", "--stack", "local")
    assert command == "PULUMI_BACKEND_URL='file:///a b' PULUMI_CONFIG_PASSPHRASE='' pulumi cancel --stack local"
    monkeypatch.setenv("PULUMI_BACKEND_URL", "file:///a b")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "")
    assert typed(on_path, tmp_path, environment, "cancel") == "pulumi cancel"


def test_a_passphrase_of_the_shell_is_not_printed(
    on_path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "s3cret")
    assert typed(on_path, tmp_path, {"PULUMI_CONFIG_PASSPHRASE": "s3cret"}, "cancel") == "pulumi cancel"


def test_the_pulumi_of_the_checkout_is_named_by_its_path(on_path: str, tmp_path: Path) -> None:
    assert typed(str(tmp_path / ".pulumi-cli/bin/pulumi"), tmp_path, {}, "up") == ".pulumi-cli/bin/pulumi up"
