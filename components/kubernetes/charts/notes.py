"""NOTES.txt, which Helm prints after an installation: addresses, missing prerequisites, next steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from components.kubernetes import prerequisites
from components.kubernetes.charts.documents import Tenants, both
from components.kubernetes.charts.nodes import NAMESPACE_MARK, written
from components.kubernetes.manifests.base import Manifest
from components.objects import create_login, create_secret
from fleet.plan.deployment import Deployment


def notes(deployment: Deployment, manifests: Sequence[Manifest], tenants: Tenants) -> str:
    """Text of NOTES.txt for a deployment planned in the namespace NAMESPACE_MARK."""
    needed = [written(f"  {name}") for name in prerequisites.installed(manifests)]
    lines = [
        written(f"{len(deployment.groups)} groups of {deployment.stack}, in the namespace {NAMESPACE_MARK}"),
        *(["", "The cluster must have:", *needed] if needed else []),
        *_secrets(manifests, tenants),
        *_inside(deployment, tenants),
        *_outside(deployment, tenants),
        "",
        "Next:",
        written(f"  kubectl -n {NAMESPACE_MARK} get pods --watch"),
        "  helm history {{ .Release.Name }} -n {{ .Release.Namespace }}",
        "  helm rollback {{ .Release.Name }} -n {{ .Release.Namespace }}",
    ]
    return "".join(f"{line}\n" for line in lines)


def _secrets(manifests: Sequence[Manifest], tenants: Tenants) -> Iterator[str]:
    secrets = prerequisites.secrets(manifests)
    if secrets:
        yield from ("", "Pods wait for these secrets until you create them:")
    for namespace, names in secrets.items():
        commands = [written(f"  {create_secret(namespace, name)}") for name in names]
        yield from _while(tenants.of_namespace(namespace), commands)
    logins = prerequisites.logins(manifests)
    if logins:
        yield from ("", "Nodes pull images with these secrets; FILE is ~/.docker/config.json after `docker login`:")
    for namespace, names in logins.items():
        commands = [written(f"  {create_login(namespace, name)}") for name in names]
        yield from _while(tenants.of_namespace(namespace), commands)


def _inside(deployment: Deployment, tenants: Tenants) -> Iterator[str]:
    if deployment.endpoints:
        yield from ("", "Inside the cluster:")
    for reference, url in sorted(deployment.endpoints.items()):
        yield from _while(tenants.of_group(reference.partition("/")[0]), [written(f"  {reference}  {url}")])


def _outside(deployment: Deployment, tenants: Tenants) -> Iterator[str]:
    exposed = [group.name for group in deployment.groups if group.operation.exposure]
    if exposed:
        yield from ("", "From outside:")
    for name in exposed:
        host = f'{{{{- printf "  {name}  https://%s\\n" (index .Values.groups "{name}").entrance.host }}}}'
        yield from _while(tenants.of_group(name), [host])


def _while(conditions: Sequence[str], lines: Sequence[str]) -> list[str]:
    return [f"{{{{- if {both(conditions)} }}}}", *lines, "{{- end }}"] if conditions else list(lines)
