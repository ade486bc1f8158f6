"""The backend of a stack, and Pulumi commands for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.backend import backend, pulumi_command


def test_commands_name_the_backend_that_fleet_up_uses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path))
    ours, cancel = f"PULUMI_BACKEND_URL=file://{tmp_path}/.state", "pulumi cancel alpha"
    login = '{"current": "https://api.pulumi.com"}'
    for sandbox, variable, credentials, url, command in (
        (True, "s3://state", login, f"file://{tmp_path}/.state", f"{ours} PULUMI_CONFIG_PASSPHRASE= {cancel}"),
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
