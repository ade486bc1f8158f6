"""Where the state of a stack is, and Pulumi commands as a person types them."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.pulumi_cli import backend, pulumi_command


def test_commands_name_the_backend_that_fleet_up_uses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path))
    ours, cancel = f"PULUMI_BACKEND_URL=file://{tmp_path}/.state", "pulumi cancel alpha"
    login = '{"current": "https://api.pulumi.com"}'
    for sandbox, variable, credentials, url, command in (
        (True, "s3://state", login, f"file://{tmp_path}/.state", f"{ours} PULUMI_CONFIG_PASSPHRASE='' {cancel}"),
        (False, "s3://state", login, "s3://state", cancel),
        (False, None, login, "https://api.pulumi.com", cancel),
        (False, None, "{", f"file://{tmp_path}/.state", f"{ours} {cancel}"),
    ):
        (tmp_path / "credentials.json").write_text(credentials)
        if variable:
            monkeypatch.setenv("PULUMI_BACKEND_URL", variable)
        else:
            monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
        case = (sandbox, variable, credentials)
        assert backend(tmp_path, sandbox=sandbox) == url, case
        assert pulumi_command(tmp_path, "cancel", "alpha", sandbox=sandbox) == command, case


def test_variables_that_the_shell_has_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "a b"
    url = f"file://{root}/.state"
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://other")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "s3cret")
    command = pulumi_command(root, "cancel", "--stack", "local", sandbox=True)
    assert command == f"PULUMI_BACKEND_URL='{url}' PULUMI_CONFIG_PASSPHRASE='' pulumi cancel --stack local"
    monkeypatch.setenv("PULUMI_BACKEND_URL", url)
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "")
    assert pulumi_command(root, "cancel", sandbox=True) == "pulumi cancel"
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "s3cret")
    assert pulumi_command(root, "cancel", sandbox=False) == "pulumi cancel"


def test_the_pulumi_of_the_checkout_is_named_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PULUMI_BACKEND_URL", "s3://state")
    assert pulumi_command(tmp_path, "up", sandbox=False) == "pulumi up"
    program = tmp_path / ".pulumi-cli/bin/pulumi"
    program.parent.mkdir(parents=True)
    program.touch(0o755)
    assert pulumi_command(tmp_path, "up", sandbox=False) == ".pulumi-cli/bin/pulumi up"
