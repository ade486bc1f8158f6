"""`fleet export`: a deployment in another tool's files, made from the same render as the Pulumi components."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cli.options import stack_argument, without_gpu_option
from cli.terminal import Exit, UserError, project_root
from cli.writing import write_tree

if TYPE_CHECKING:
    from fleet.model import Fleet
    from fleet.plan.deployment import Deployment

COMPOSE_FILE = "compose.yaml"
_MACHINES = {"docker": "Docker machine", "kubernetes": "cluster", "cloudrun": "Cloud Run machine"}
_NO_CLUSTER = "use `fleet export compose` for a Docker machine"
FC = TypeVar("FC", bound=Callable[..., Any])
_PRINTED = "-"
"""In place of a folder: standard output."""


@click.group()
def export() -> None:
    """The same deployment in another tool's files."""


def _folder_option(help_text: str, *, required: bool = False) -> Callable[[FC], FC]:
    return click.option(
        "-o",
        "--output",
        "folder",
        type=click.Path(path_type=Path),
        required=required,
        default=None if required else _PRINTED,
        show_default=not required,
        help=help_text,
    )


@export.command()
@stack_argument
@_folder_option("Folder that gets compose.yaml; - prints it")
@without_gpu_option
def compose(stack: str, folder: Path, without_gpu: bool) -> Exit:
    """One Compose file, made from what the Pulumi program would register."""
    from cli.view.export_text import compose_text

    _, deployment = _planned(stack, "docker", "Compose runs on Docker only", without_gpu=without_gpu)
    text = compose_text(deployment, without_gpu=without_gpu)
    if str(folder) == _PRINTED:
        print(text, end="")
        return Exit.GOOD
    file = folder / COMPOSE_FILE
    write_tree(folder, {COMPOSE_FILE: text})
    print(f"{file}: {len(deployment.containers)} services of {stack}; start them with `docker compose up --wait`")
    return Exit.GOOD


@export.command()
@stack_argument
@_folder_option("Folder that gets a file a group; - prints them as one")
@without_gpu_option
def kubernetes(stack: str, folder: Path, without_gpu: bool) -> Exit:
    """Plain manifests, the very objects that the Pulumi program would register."""
    from components.kubernetes.files import manifest_files, manifest_stream

    _, deployment = _planned(stack, "kubernetes", _NO_CLUSTER, without_gpu=without_gpu)
    made_by = _made_by("kubernetes", stack, without_gpu=without_gpu)
    if str(folder) == _PRINTED:
        print(manifest_stream(deployment, made_by), end="")
        return Exit.GOOD
    files = manifest_files(deployment, made_by)
    write_tree(folder, files, _mark("kubernetes"))
    print(f"{folder}: {len(files)} files of {stack}; the first says what the cluster must have, and how to apply them")
    return Exit.GOOD


@export.command()
@stack_argument
@_folder_option("Folder that gets the chart", required=True)
@without_gpu_option
def helm(stack: str, folder: Path, without_gpu: bool) -> Exit:
    """A Helm chart with values for images, resources, copies, hosts and tenants."""
    from components.kubernetes.charts.nodes import NAMESPACE_MARK
    from components.kubernetes.helm import chart
    from fleet.plan.kubernetes_namespaces import moved
    from fleet.plan.planner import plan_stack

    fleet, deployment = _planned(stack, "kubernetes", _NO_CLUSTER, without_gpu=without_gpu)
    elsewhere = plan_stack(moved(fleet, stack, NAMESPACE_MARK), stack, without_gpu=without_gpu)
    files = chart(deployment, elsewhere, _made_by("helm", stack, without_gpu=without_gpu))
    write_tree(folder, files, _mark("helm"))
    print(f"{folder}: chart of {stack}; helm upgrade --install {stack} {folder} --namespace default")
    return Exit.GOOD


@export.command()
@stack_argument
@_folder_option("Folder that gets a file a service; - prints them as one")
@without_gpu_option
def knative(stack: str, folder: Path, without_gpu: bool) -> Exit:
    """The services of a Cloud Run stack for any cluster that has Knative Serving."""
    from cli.view.export_text import knative_files

    otherwise = "use `fleet export kubernetes` for a cluster"
    _, deployment = _planned(stack, "cloudrun", otherwise, without_gpu=without_gpu)
    files = knative_files(deployment, _made_by("knative", stack, without_gpu=without_gpu))
    if str(folder) == _PRINTED:
        print("".join(files.values()), end="")
        return Exit.GOOD
    write_tree(folder, files, _mark("knative"))
    print(f"{folder}: {len(files)} files of {stack}; the first says what the cluster must have, and what stays behind")
    return Exit.GOOD


def _planned(stack: str, target: str, otherwise: str, *, without_gpu: bool) -> tuple[Fleet, Deployment]:
    """The fleet, and the plan of a stack of a target. Raises UserError for a stack of another target."""
    from fleet.load.project import load_project
    from fleet.plan.planner import plan_stack

    fleet = load_project(project_root()).fleet
    deployment = plan_stack(fleet, stack, without_gpu=without_gpu)
    if deployment.machine.target != target:
        msg = f"{stack} is no {_MACHINES[target]} ({deployment.machine.target}); {otherwise}"
        raise UserError(msg)
    if without_gpu and deployment.gpus_dropped:
        print(f"without GPU: {', '.join(deployment.gpus_dropped)} ask for one and get none", file=sys.stderr)
    return fleet, deployment


def _mark(kind: str) -> str:
    return f"Made by `fleet export {kind} "


def _made_by(kind: str, stack: str, *, without_gpu: bool) -> str:
    switch = " --without-gpu" if without_gpu else ""
    return f"{_mark(kind)}{stack}{switch}` from Pulumi.{stack}.yaml and groups/."
