"""`fleet export`: a deployment in another tool's files, made from the same render as the Pulumi components."""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

from cli.terminal import Exit, UserError, project_root
from components.docker.compose import compose_file
from fleet.load.project import load_project
from fleet.model import Target
from fleet.plan.deployment import Deployment
from fleet.plan.planner import UnknownStackError, plan_stack

COMPOSE_FILE = "compose.yaml"


def export_compose(stack: str, folder: Path, *, without_gpu: bool) -> Exit:
    """Writes compose.yaml into a folder, or prints it for `-`."""
    try:
        deployment = plan_stack(load_project(project_root()).fleet, stack, without_gpu=without_gpu)
    except UnknownStackError as error:
        raise UserError(str(error)) from None
    if deployment.machine.target is not Target.DOCKER:
        msg = f"{stack} is no Docker machine ({deployment.machine.target}); Compose runs on Docker only"
        raise UserError(msg)
    if without_gpu and deployment.gpus_dropped:
        print(f"without GPU: {', '.join(deployment.gpus_dropped)} ask for one and get none", file=sys.stderr)
    text = _header(deployment, without_gpu=without_gpu) + yaml.safe_dump(
        compose_file(deployment), sort_keys=False, width=120
    )
    if str(folder) == "-":
        print(text, end="")
        return Exit.GOOD
    file = folder / COMPOSE_FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        msg = f"{file}: cannot be written ({error.strerror}); choose another folder with -o"
        raise UserError(msg) from None
    print(f"{file}: {len(deployment.containers)} services of {stack}; start them with `docker compose up --wait`")
    return Exit.GOOD


def _header(deployment: Deployment, *, without_gpu: bool) -> str:
    switch = " --without-gpu" if without_gpu else ""
    lines = [
        f"Made by `fleet export compose {deployment.stack}{switch}` from Pulumi.{deployment.stack}.yaml and groups/:",
        "edit those and export again. It is what `pulumi up` deploys, under the same names: use one of the two.",
        f"Start: docker --host {deployment.machine.connection} compose up --wait",
        f"For daemons of API {deployment.machine.docker_api} or later (machine.docker_api; see `docker version`).",
    ]
    if deployment.gpus_dropped:
        lines.append(f"Without GPU: {', '.join(deployment.gpus_dropped)} ask for one and get none.")
    return "".join(f"# {line}\n" for line in lines) + "\n"
