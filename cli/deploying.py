"""Deploys a stack from nothing but this checkout: `fleet up local`.

Finds the Pulumi command line or installs its official release into the checkout; keeps state in a file backend there,
so that no account is needed; builds the agent host's image where a sandbox lacks it; then runs Pulumi.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from cli.terminal import Exit, UserError, project_root
from fleet.image_digests import AGENT_HOST_CONTEXT
from fleet.load.project import load_project
from fleet.model import Target
from fleet.plan.deployment import Deployment
from fleet.plan.planner import plan_stack

STATE = ".state"
"""Folder of the file backend, inside the checkout and ignored by git."""

CLI_FOLDER = ".pulumi-cli"
BASE_IMAGE_VARIABLE = "FLEET_BASE_IMAGE"


def deploy(stack: str, *, destroy: bool = False) -> Exit:
    """Deploys a stack, or removes its containers; data volumes stay. A failure of Pulumi is Exit.BUG."""
    root = project_root()
    deployment = plan_stack(load_project(root).fleet, stack)
    pulumi = _pulumi(root, stack)
    if not destroy and deployment.machine.target is Target.DOCKER:
        _ensure_images(root, deployment)
    environment = _environment(root, sandbox=deployment.sandbox)
    _run([pulumi, "stack", "select", "--create", stack], root, environment, quiet=True)
    if destroy:
        # Protected volumes stay where they are: only what no data depends on is taken down.
        return _run([pulumi, "destroy", "--stack", stack, "--yes", "--exclude-protected"], root, environment)
    return _run([pulumi, "up", "--stack", stack, "--yes", "--policy-pack", "policy"], root, environment)


def _pulumi(root: Path, stack: str) -> str:
    """The Pulumi command line: the one on PATH, the one in the checkout, or the official release put there."""
    found = shutil.which("pulumi") or shutil.which("pulumi", path=str(root / CLI_FOLDER / "bin"))
    if found:
        return found
    from pulumi.automation import PulumiCommand

    print(f"pulumi is not on PATH; installing its official release into {CLI_FOLDER}/", file=sys.stderr)
    try:
        return PulumiCommand.install(root=str(root / CLI_FOLDER)).command
    except Exception as error:  # the installer raises whatever its download raised
        msg = (
            f"the Pulumi command line is missing and could not be downloaded ({type(error).__name__}); put `pulumi` on "
            f"PATH and try again; make plan STACK={stack}, make validate and make test work without it"
        )
        raise UserError(msg) from None


def _environment(root: Path, *, sandbox: bool) -> dict[str, str]:
    """The caller's environment, with a backend in the checkout where none is chosen."""
    state = root / STATE
    values = dict(os.environ)
    if sandbox or not _has_backend(values):
        state.mkdir(mode=0o700, exist_ok=True)
        values["PULUMI_BACKEND_URL"] = f"file://{state}"
    if sandbox:
        values["PULUMI_CONFIG_PASSPHRASE"] = ""
    values.setdefault("PULUMI_SKIP_UPDATE_CHECK", "true")
    return values


def _has_backend(environment: Mapping[str, str]) -> bool:
    """Whether the caller has chosen where state is kept: by variable, or by `pulumi login`."""
    if "PULUMI_BACKEND_URL" in environment:
        return True
    home = Path(environment.get("PULUMI_HOME") or Path.home() / ".pulumi")
    try:
        return bool(json.loads((home / "credentials.json").read_text(encoding="utf-8")).get("current"))
    except (OSError, ValueError, AttributeError):
        return False


def _ensure_images(root: Path, deployment: Deployment) -> None:
    """A sandbox runs the agent host alone; its image is built on the daemon once."""
    from docker.errors import BuildError, DockerException, ImageNotFound

    from components.docker.daemon import daemon_client

    connection = deployment.machine.connection
    needs_host = deployment.stand_ins and not deployment.builds
    images = {container.image for container in deployment.containers} if needs_host else set()
    try:
        with daemon_client(connection) as client:
            for image in sorted(images):
                try:
                    client.images.get(image)
                except ImageNotFound:
                    print(f"building {image} (once)", file=sys.stderr)
                    base = os.environ.get(BASE_IMAGE_VARIABLE)
                    arguments = {"BASE": base} if base else {}
                    client.images.build(path=str(root / AGENT_HOST_CONTEXT), tag=image, buildargs=arguments, rm=True)
    except BuildError as error:
        msg = f"the agent host's image could not be built ({error.msg}); see images/agent-host/Dockerfile"
        raise UserError(msg) from None
    except DockerException as error:
        msg = (
            f"no Docker daemon answers at {connection} ({type(error).__name__}); start it, or correct "
            f"machine.connection in Pulumi.{deployment.stack}.yaml"
        )
        raise UserError(msg) from None


def _run(command: list[str], root: Path, environment: dict[str, str], *, quiet: bool = False) -> Exit:
    """Runs a Pulumi command in the project. Raises UserError with its output if it fails quietly."""
    output = subprocess.PIPE if quiet else None
    done = subprocess.run(command, cwd=root, env=environment, stdout=output, stderr=output, text=True, check=False)  # noqa: S603
    if done.returncode and quiet:
        msg = f"{' '.join(command[1:])} failed: {(done.stderr or done.stdout).strip()}"
        raise UserError(msg)
    return Exit.GOOD if done.returncode == 0 else Exit.BUG
