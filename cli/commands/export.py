"""`fleet export`: a deployment in another tool's files, made from the same render as the Pulumi components."""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

from cli.terminal import Exit, UserError, project_root
from cli.writing import write_tree
from components.cloudrun import knative, knative_notes
from components.docker.compose import compose_file
from components.kubernetes.charts.nodes import NAMESPACE_MARK
from components.kubernetes.files import manifest_files, manifest_stream
from components.kubernetes.helm import chart
from components.kubernetes.yaml_text import document
from fleet.load.project import load_project
from fleet.model import Fleet, Target
from fleet.plan.deployment import Deployment
from fleet.plan.kubernetes_namespaces import moved
from fleet.plan.planner import UnknownStackError, plan_stack

COMPOSE_FILE = "compose.yaml"
_MACHINES = {Target.DOCKER: "Docker machine", Target.KUBERNETES: "cluster", Target.CLOUDRUN: "Cloud Run machine"}
_NO_CLUSTER = "use `fleet export compose` for a Docker machine"


def export_compose(stack: str, folder: Path, *, without_gpu: bool) -> Exit:
    """Writes compose.yaml into a folder, or prints it for `-`."""
    _, deployment = _planned(stack, Target.DOCKER, "Compose runs on Docker only", without_gpu=without_gpu)
    text = _header(deployment, without_gpu=without_gpu) + yaml.safe_dump(
        compose_file(deployment), sort_keys=False, width=120
    )
    if str(folder) == "-":
        print(text, end="")
        return Exit.GOOD
    file = folder / COMPOSE_FILE
    write_tree(folder, {COMPOSE_FILE: text})
    print(f"{file}: {len(deployment.containers)} services of {stack}; start them with `docker compose up --wait`")
    return Exit.GOOD


def export_kubernetes(stack: str, folder: Path, *, without_gpu: bool) -> Exit:
    """Writes plain manifests into a folder, or prints them for `-`."""
    _, deployment = _planned(stack, Target.KUBERNETES, _NO_CLUSTER, without_gpu=without_gpu)
    made_by = _made_by("kubernetes", stack, without_gpu=without_gpu)
    if str(folder) == "-":
        print(manifest_stream(deployment, made_by), end="")
        return Exit.GOOD
    files = manifest_files(deployment, made_by)
    write_tree(folder, files, _mark("kubernetes"))
    print(f"{folder}: {len(files)} files of {stack}; the first says what the cluster must have, and how to apply them")
    return Exit.GOOD


def export_helm(stack: str, folder: Path, *, without_gpu: bool) -> Exit:
    """Writes a chart into a folder."""
    fleet, deployment = _planned(stack, Target.KUBERNETES, _NO_CLUSTER, without_gpu=without_gpu)
    elsewhere = plan_stack(moved(fleet, stack, NAMESPACE_MARK), stack, without_gpu=without_gpu)
    files = chart(deployment, elsewhere, _made_by("helm", stack, without_gpu=without_gpu))
    write_tree(folder, files, _mark("helm"))
    print(f"{folder}: chart of {stack}; helm upgrade --install {stack} {folder} --namespace default")
    return Exit.GOOD


def export_knative(stack: str, folder: Path, *, without_gpu: bool) -> Exit:
    """Writes the services of a Cloud Run stack as Knative manifests into a folder, or prints them for `-`."""
    otherwise = "use `fleet export kubernetes` for a cluster"
    _, deployment = _planned(stack, Target.CLOUDRUN, otherwise, without_gpu=without_gpu)
    files = _knative_files(deployment, _made_by("knative", stack, without_gpu=without_gpu))
    if str(folder) == "-":
        print("".join(files.values()), end="")
        return Exit.GOOD
    write_tree(folder, files, _mark("knative"))
    print(f"{folder}: {len(files)} files of {stack}; the first says what the cluster must have, and what stays behind")
    return Exit.GOOD


def _knative_files(deployment: Deployment, made_by: str) -> dict[str, str]:
    """File name -> text, in the order they are applied: `-live` comes before the file of the group itself."""
    shared = "".join(f"---\n{document(found)}" for found in knative.shared_objects(deployment))
    files = {"00-shared.yaml": _knative_header(deployment, made_by) + shared}
    for group in knative.services(deployment):
        name = f"{group.wave:02}-{group.name}"
        if live := knative.live_service(group, deployment):
            files[f"{name}-live.yaml"] = f"# {made_by}\n---\n{document(live)}"
        files[f"{name}.yaml"] = f"# {made_by}\n---\n{document(knative.service(group, deployment))}"
    return files


def _knative_header(deployment: Deployment, made_by: str) -> str:
    cloud = deployment.machine.cloud
    sections = {
        "The cluster must have:": knative_notes.needed(deployment, cloud) if cloud else (),
        "Secrets that pods wait for; create each with the text it holds:": knative_notes.secrets(deployment),
        "Rollouts under way:": knative_notes.rollouts(deployment),
        "Not carried over from Cloud Run:": knative_notes.left_behind(deployment, cloud) if cloud else (),
    }
    lines = [made_by, f"Edit Pulumi.{deployment.stack}.yaml and groups/, and export again."]
    for title, found in sections.items():
        rows = [f"  {line}" for line in found]
        lines += [title, *rows] if rows else []
    lines.append("Apply: kubectl apply -f FILE_OR_FOLDER")
    return "".join(f"# {line}\n" for line in lines)


def _planned(stack: str, target: Target, otherwise: str, *, without_gpu: bool) -> tuple[Fleet, Deployment]:
    """The fleet, and the plan of a stack of a target."""
    fleet = load_project(project_root()).fleet
    try:
        deployment = plan_stack(fleet, stack, without_gpu=without_gpu)
    except UnknownStackError as error:
        raise UserError(str(error)) from None
    if deployment.machine.target is not target:
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
