"""Plain manifests of a deployment: the objects that the Pulumi components register. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from components.kubernetes import prerequisites
from components.kubernetes.manifests.base import Manifest
from components.kubernetes.render import render
from components.kubernetes.yaml_text import document
from components.objects import create_login, create_secret
from fleet.plan.deployment import Deployment

_NAMES_PER_LINE = 4


def manifest_files(deployment: Deployment, made_by: str) -> Mapping[str, str]:
    """File name -> YAML, in the order of `kubectl apply -f FOLDER`: shared objects, then wave by wave."""
    manifests = render(deployment)
    digits = max(2, *(len(str(group.wave)) for group in deployment.groups))
    shared = f"{'0' * digits}-shared.yaml"
    files = {shared: manifest_header(deployment, made_by) + _documents(m for m in manifests if m.group is None)}
    for group in deployment.groups:
        owned = _documents(m for m in manifests if m.group == group.name)
        files[f"{group.wave:0{digits}}-{group.name}.yaml"] = f"# {made_by}\n{owned}"
    return files


def manifest_stream(deployment: Deployment, made_by: str) -> str:
    """All manifests as one text."""
    return manifest_header(deployment, made_by) + _documents(render(deployment))


def manifest_header(deployment: Deployment, made_by: str) -> str:
    """Comment with the command that made it, the cluster's prerequisites, and how to apply it."""
    manifests = render(deployment)
    stack = deployment.stack
    lines = [
        made_by,
        f"Edit Pulumi.{stack}.yaml and groups/, and export again.",
        "It is what `pulumi up` deploys, under the same names: use one of the two.",
    ]
    if needed := prerequisites.installed(manifests):
        lines += ["The cluster must have:", *(f"  {name}" for name in needed)]
    secrets = prerequisites.secrets(manifests)
    if secrets:
        lines += ["Secrets that pods wait for, by namespace; create each with the text it holds under the key `value`:"]
    for namespace, names in secrets.items():
        rows = [", ".join(names[at : at + _NAMES_PER_LINE]) for at in range(0, len(names), _NAMES_PER_LINE)]
        lines += [f"  {namespace}: {rows[0]}", *(f"    {row}" for row in rows[1:])]
    if secrets:
        lines += [f"  {create_secret('NAMESPACE', 'NAME')}"]
    if logins := prerequisites.logins(manifests):
        lines += ["Logins of registries; FILE is ~/.docker/config.json after `docker login`:"]
    lines += [f"  {create_login(namespace, name)}" for namespace, names in logins.items() for name in names]
    context = deployment.machine.connection.removeprefix("kubeconfig://")
    lines += [f"Apply: kubectl --context {context} apply -f FILE_OR_FOLDER"]
    if deployment.gpus_dropped:
        lines.append(f"Without GPU: {', '.join(deployment.gpus_dropped)} request one and run without.")
    return "".join(f"# {line}\n" for line in lines)


def _documents(manifests: Iterable[Manifest]) -> str:
    return "".join(f"---\n{document(manifest.object)}" for manifest in manifests)
