"""Where Pulumi keeps the state of a stack, and the commands that repair it."""

from __future__ import annotations

import json
import os
from pathlib import Path

STATE = ".state"
"""Folder of the file backend, in the checkout and ignored by git."""

BACKEND_URL = "PULUMI_BACKEND_URL"
_PASSPHRASE = "PULUMI_CONFIG_PASSPHRASE"  # noqa: S105  (a variable's name)


def own_environment(root: Path, *, sandbox: bool) -> dict[str, str]:
    """Variables that `fleet up` sets for Pulumi: a backend in the checkout for a sandbox, or if none was chosen."""
    values = {_PASSPHRASE: ""} if sandbox else {}
    if sandbox or not (BACKEND_URL in os.environ or _login()):
        values[BACKEND_URL] = f"file://{root / STATE}"
    return values


def backend(root: Path, *, sandbox: bool) -> str:
    """URL of the backend that `fleet up` uses."""
    return own_environment(root, sandbox=sandbox).get(BACKEND_URL) or os.environ.get(BACKEND_URL) or _login()


def pulumi_command(root: Path, *words: str, sandbox: bool) -> str:
    """A Pulumi command for a shell, with the backend of `fleet up`."""
    variables = sorted(own_environment(root, sandbox=sandbox).items())
    return " ".join([*(f"{name}={value}" for name, value in variables), "pulumi", *words])


def _login() -> str:
    """URL that `pulumi login` chose; empty without one."""
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    try:
        return str(json.loads((home / "credentials.json").read_text(encoding="utf-8")).get("current") or "")
    except (OSError, ValueError, AttributeError):
        return ""
