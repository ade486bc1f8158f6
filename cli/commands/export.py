"""`fleet export`: a deployment as files for another tool, rendered by the same code as the Pulumi components."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cli.options import stack_argument, without_gpu_option
from cli.terminal import Exit, UserError, project_root
from cli.writing import copy_tree, write_tree
from fleet.text import plural

if TYPE_CHECKING:
    from fleet.model import Fleet
    from fleet.plan.deployment import Deployment

COMPOSE_FILE = "compose.yaml"
FC = TypeVar("FC", bound=Callable[..., Any])
_STDOUT = "-"


@click.group()
def export() -> None:
    """Export a deployment for another tool."""


def _folder_option(help_text: str, default: str | None = _STDOUT) -> Callable[[FC], FC]:
    return click.option(
        "-o",
        "--output",
        "folder",
        type=click.Path(path_type=Path),
        required=default is None,
        default=default,
        show_default=True,
        help=help_text,
    )


@export.command()
@stack_argument
@_folder_option("Folder for compose.yaml; - for standard output")
@without_gpu_option
def compose(stack: str, folder: Path, without_gpu: bool) -> Exit:
    """Export a Docker stack as a Compose file, with all that its images are built from."""
    from cli.view.compose_text import compose_text, stand_in_notes, start_commands
    from components.docker.compose_images import contexts

    _, deployment = _planned(stack, "compose", without_gpu=without_gpu)
    files = {COMPOSE_FILE: compose_text(deployment, _made_by("compose", stack, without_gpu=without_gpu))}
    _write(folder, files, "")
    if str(folder) != _STDOUT:
        copy_tree(folder, project_root(), contexts(deployment))
        for note in stand_in_notes(deployment):
            print(note, file=sys.stderr)
        file = folder / COMPOSE_FILE
        commands = "\n".join(f"  {command}" for command in start_commands(deployment, file))
        print(f"{file}: {plural(len(deployment.containers), 'service')} of {stack}; start them with\n{commands}")
    return Exit.GOOD


@export.command()
@stack_argument
@_folder_option("Folder for one file per group; - for standard output")
@without_gpu_option
def kubernetes(stack: str, folder: Path, without_gpu: bool) -> Exit:
    """Export a Kubernetes stack as plain manifests."""
    from components.kubernetes.files import manifest_files, manifest_stream

    _, deployment = _planned(stack, "kubernetes", without_gpu=without_gpu)
    made_by = _made_by("kubernetes", stack, without_gpu=without_gpu)
    if str(folder) == _STDOUT:
        print(manifest_stream(deployment, made_by), end="")
        return Exit.GOOD
    files = manifest_files(deployment, made_by)
    _write(folder, files, _mark("kubernetes"))
    print(f"{folder}: {len(files)} files of {stack}; the first one lists the cluster's requirements")
    return Exit.GOOD


@export.command()
@stack_argument
@_folder_option("Folder for the chart", None)
@without_gpu_option
def helm(stack: str, folder: Path, without_gpu: bool) -> Exit:
    """Export a Kubernetes stack as a Helm chart, with values for images, resources, copies, hosts and tenants."""
    from components.kubernetes.charts.nodes import NAMESPACE_MARK
    from components.kubernetes.helm import chart
    from fleet.plan.kubernetes_namespaces import moved
    from fleet.plan.planner import plan_stack

    fleet, deployment = _planned(stack, "helm", without_gpu=without_gpu)
    elsewhere = plan_stack(moved(fleet, stack, NAMESPACE_MARK), stack, without_gpu=without_gpu)
    write_tree(folder, chart(deployment, elsewhere, _made_by("helm", stack, without_gpu=without_gpu)), _mark("helm"))
    print(f"{folder}: chart of {stack}; helm upgrade --install {stack} {folder} --namespace default")
    return Exit.GOOD


@export.command()
@stack_argument
@_folder_option("Folder for one file per service; - for standard output")
@without_gpu_option
def knative(stack: str, folder: Path, without_gpu: bool) -> Exit:
    """Export a Cloud Run stack for a cluster with Knative Serving."""
    from cli.view.export_text import knative_files

    _, deployment = _planned(stack, "knative", without_gpu=without_gpu)
    files = knative_files(deployment, _made_by("knative", stack, without_gpu=without_gpu))
    _write(folder, files, _mark("knative"))
    if str(folder) != _STDOUT:
        print(f"{folder}: {len(files)} files of {stack}; the first one lists the requirements and what is not exported")
    return Exit.GOOD


def _planned(stack: str, kind: str, *, without_gpu: bool) -> tuple[Fleet, Deployment]:
    """The fleet and a stack's plan. Raises UserError if its target has no export of this kind."""
    from cli.view.targets.base import view_of
    from fleet.load.project import load_project
    from fleet.model import Target
    from fleet.plan.planner import plan_stack

    fleet = load_project(project_root()).fleet
    deployment = plan_stack(fleet, stack, without_gpu=without_gpu)
    actual = deployment.machine.target
    exports = view_of(actual).exports
    if kind not in exports:
        target = next(target for target in Target if kind in view_of(target).exports)
        msg = f"{stack}: its target is {actual}, not {target}; use `fleet export {exports[0]} {stack}`"
        raise UserError(msg)
    if without_gpu and deployment.gpus_dropped:
        print(f"without GPU: {', '.join(deployment.gpus_dropped)} request one and run without", file=sys.stderr)
    return fleet, deployment


def _write(folder: Path, files: Mapping[str, str], mark: str) -> None:
    if str(folder) == _STDOUT:
        print("".join(files.values()), end="")
    else:
        write_tree(folder, files, mark)


def _mark(kind: str) -> str:
    return f"Made by `fleet export {kind} "


def _made_by(kind: str, stack: str, *, without_gpu: bool) -> str:
    switch = " --without-gpu" if without_gpu else ""
    return f"{_mark(kind)}{stack}{switch}` from Pulumi.{stack}.yaml and groups/."
