"""Texts of exports that no component renders: headers, and a Cloud Run stack as Knative manifests."""

from __future__ import annotations

from components.cloudrun import knative, knative_notes
from components.kubernetes.yaml_text import document
from fleet.plan.deployment import Deployment


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
    return comment([*lines, "Apply: kubectl apply -f FILE_OR_FOLDER"])


def comment(lines: list[str]) -> str:
    """Lines as a YAML comment."""
    return "".join(f"# {line}\n" for line in lines)
