"""Deploys a stack from a bare checkout: finds or installs Pulumi, keeps its state in the checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from cli.terminal import Exit, UserError, project_root
from fleet.load.project import load_project
from fleet.plan.planner import plan_stack

STATE = ".state"
"""Folder of the file backend, in the checkout and ignored by git."""

CLI_FOLDER = ".pulumi-cli"


def deploy(stack: str, *, destroy: bool = False) -> Exit:
    """Deploys a stack, or removes its containers and keeps its data volumes. Exit.BUG if Pulumi fails."""
    root = project_root()
    deployment = plan_stack(load_project(root).fleet, stack)
    pulumi = _pulumi(root, stack)
    environment = _environment(root, sandbox=deployment.sandbox)
    _run([pulumi, "stack", "select", "--create", stack], root, environment, quiet=True)
    if destroy:
        return _run([pulumi, "destroy", "--stack", stack, "--yes", "--exclude-protected"], root, environment)
    return _run([pulumi, "up", "--stack", stack, "--yes", "--policy-pack", "policy"], root, environment)


def _pulumi(root: Path, stack: str) -> str:
    """The Pulumi command on PATH or in the checkout; else the official release, installed into the checkout."""
    command = shutil.which("pulumi") or shutil.which("pulumi", path=str(root / CLI_FOLDER / "bin"))
    if command:
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


def _environment(root: Path, *, sandbox: bool) -> dict[str, str]:
    """The caller's environment; a backend in the checkout for a sandbox, or if the caller has chosen none."""
    values = {"PULUMI_SKIP_UPDATE_CHECK": "true", **os.environ}
    if sandbox:
        values["PULUMI_CONFIG_PASSPHRASE"] = ""
    if sandbox or not ("PULUMI_BACKEND_URL" in values or _is_logged_in()):
        (root / STATE).mkdir(mode=0o700, exist_ok=True)
        values["PULUMI_BACKEND_URL"] = f"file://{root / STATE}"
    return values


def _is_logged_in() -> bool:
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    try:
        return bool(json.loads((home / "credentials.json").read_text(encoding="utf-8")).get("current"))
    except (OSError, ValueError, AttributeError):
        return False


def _run(command: list[str], root: Path, environment: dict[str, str], *, quiet: bool = False) -> Exit:
    """Runs Pulumi in the project. quiet: captures its output, and raises UserError with it on failure."""
    output = subprocess.PIPE if quiet else None
    done = subprocess.run(command, cwd=root, env=environment, stdout=output, stderr=output, text=True, check=False)  # noqa: S603
    if done.returncode and quiet:
        msg = f"{' '.join(command[1:])} failed: {(done.stderr or done.stdout).strip()}"
        raise UserError(msg)
    return Exit.GOOD if done.returncode == 0 else Exit.BUG
