"""Texts of exports that no component renders: headers, and a Cloud Run stack as Knative manifests."""

from __future__ import annotations

import yaml

from components.cloudrun import knative, knative_notes
from components.docker.compose import compose_file
from components.kubernetes.yaml_text import document
from fleet.plan.deployment import Deployment


def compose_text(deployment: Deployment, made_by: str) -> str:
    """compose.yaml of a Docker machine, with its header."""
    lines = [
        made_by,
        "Edit those files and export again. `pulumi up` deploys the same containers under the same names: use either.",
        f"Start: docker --host {deployment.machine.connection} compose up --wait",
        f"Requires Docker API {deployment.machine.docker_api} or later (machine.docker_api; see `docker version`).",
    ]
    if deployment.gpus_dropped:
        lines.append(f"Without GPU: {', '.join(deployment.gpus_dropped)} request one and run without.")
    return f"{_comment(lines)}\n{yaml.safe_dump(compose_file(deployment), sort_keys=False, width=120)}"


def knative_files(deployment: Deployment, made_by: str) -> dict[str, str]:
    """File name -> text, in the order of application: `-live` comes before the file of the group itself."""
    shared = "".join(f"---\n{document(item)}" for item in knative.shared_objects(deployment))
    files = {"00-shared.yaml": _knative_header(deployment, made_by) + shared}
    for group in knative.services(deployment):
        name = f"{group.wave:02}-{group.name}"
        if live := knative.live_service(group, deployment):
            files[f"{name}-live.yaml"] = f"# {made_by}\n---\n{document(live)}"
        files[f"{name}.yaml"] = f"# {made_by}\n---\n{document(knative.service(group, deployment))}"
    return files


def _knative_header(deployment: Deployment, made_by: str) -> str:
    sections = {
        "The cluster must have:": knative_notes.needed(deployment),
        "Secrets to create, each with the text it holds:": knative_notes.secrets(deployment),
        "Rollouts in progress:": knative_notes.rollouts(deployment),
        "Not exported from Cloud Run:": knative_notes.left_behind(deployment),
    }
    lines = [made_by, f"Edit Pulumi.{deployment.stack}.yaml and groups/, and export again."]
    for title, notes in sections.items():
        rows = [f"  {note}" for note in notes]
        lines += [title, *rows] if rows else []
    return _comment([*lines, "Apply: kubectl apply -f FILE_OR_FOLDER"])


def _comment(lines: list[str]) -> str:
    return "".join(f"# {line}\n" for line in lines)
