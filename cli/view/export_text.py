"""The texts of exports that no component renders: headers, and a Cloud Run stack as Knative manifests."""

from __future__ import annotations

import yaml

from components.cloudrun import knative, knative_notes
from components.docker.compose import compose_file
from components.kubernetes.yaml_text import document
from fleet.plan.deployment import Deployment


def compose_text(deployment: Deployment, *, without_gpu: bool) -> str:
    """compose.yaml of a Docker machine, with its header."""
    header = _header(deployment, without_gpu=without_gpu)
    return header + yaml.safe_dump(compose_file(deployment), sort_keys=False, width=120)


def knative_files(deployment: Deployment, made_by: str) -> dict[str, str]:
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
