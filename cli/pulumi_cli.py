"""The Pulumi command line: where it is, where it keeps a stack's state, and its commands as a person types them."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
from pathlib import Path

from cli.terminal import UserError

STATE = ".state"
"""Folder of the file backend, in the checkout and ignored by git."""

CLI_FOLDER = ".pulumi-cli"
"""Folder of the official release, in the checkout and ignored by git."""

_BACKEND_URL = "PULUMI_BACKEND_URL"
_PASSPHRASE = "PULUMI_CONFIG_PASSPHRASE"  # noqa: S105  (a variable's name)


def installed(root: Path, stack: str) -> str:
    """Path of the command on PATH or in the checkout; else the official release, installed into the checkout.

    stack: for the message of the UserError if that fails.
    """
    if command := shutil.which("pulumi") or _in_checkout(root):
        return command
    from pulumi.automation import PulumiCommand

    print(f"pulumi is not on PATH; installing its official release into {CLI_FOLDER}/", file=sys.stderr)
    try:
        return PulumiCommand.install(root=str(root / CLI_FOLDER)).command
    except Exception as error:  # the installer passes on any error of its download
        msg = (
            f"the Pulumi CLI is missing and could not be downloaded ({type(error).__name__}); put `pulumi` on PATH and "
            f"try again; make plan STACK={stack}, make validate and make test work without it"
        )
        raise UserError(msg) from None


def environment_of(root: Path, *, sandbox: bool) -> dict[str, str]:
    """The caller's environment with ours; creates the folder of the backend in the checkout."""
    own = _own_environment(root, sandbox=sandbox)
    if _BACKEND_URL in own:
        (root / STATE).mkdir(mode=0o700, exist_ok=True)
    return {"PULUMI_SKIP_UPDATE_CHECK": "true", **os.environ, **own}


def backend(root: Path, *, sandbox: bool) -> str:
    """URL of the backend that `fleet up` uses."""
    return _own_environment(root, sandbox=sandbox).get(_BACKEND_URL) or os.environ.get(_BACKEND_URL) or _login()


def pulumi_command(root: Path, *words: str, sandbox: bool) -> str:
    """A command for a shell in the project's root, with the variables of `fleet up` that the shell lacks."""
    program = f"{CLI_FOLDER}/bin/pulumi" if not shutil.which("pulumi") and _in_checkout(root) else "pulumi"
    variables = [
        f"{name}={shlex.quote(value)}"
        for name, value in sorted(_own_environment(root, sandbox=sandbox).items())
        if os.environ.get(name) != value
    ]
    return " ".join([*variables, shlex.join([program, *words])])


def _in_checkout(root: Path) -> str | None:
    return shutil.which("pulumi", path=str(root / CLI_FOLDER / "bin"))


def _own_environment(root: Path, *, sandbox: bool) -> dict[str, str]:
    """A backend in the checkout for a sandbox, or if none was chosen; an empty passphrase for a sandbox."""
    values = {_PASSPHRASE: ""} if sandbox else {}
    if sandbox or not (_BACKEND_URL in os.environ or _login()):
        values[_BACKEND_URL] = f"file://{root / STATE}"
    return values


def _login() -> str:
    """URL that `pulumi login` chose; empty without one."""
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    try:
        return str(json.loads((home / "credentials.json").read_text(encoding="utf-8")).get("current") or "")
    except (OSError, ValueError, AttributeError):
        return ""
