"""Cloud Run in a plan: kind, size, instances, URLs and callers of each group."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console

from cli.view.rows import labelled
from fleet.model import MAIN, Cloud
from fleet.model.cloud import CloudSecret, CloudService, Kind
from fleet.plan.deployment import Deployment, PlannedGroup
from fleet.text import gibibytes, plural


def show_cloud(out: Console, deployment: Deployment, cloud: Cloud) -> None:
    """Prints the services, jobs and worker pools of a project."""
    labelled(out, "where", f"{', '.join(cloud.regions)} of project {cloud.project_number}")
    for group in deployment.groups:
        out.print()
        labelled(out, "runs", "\n".join(_group(group, deployment, cloud)))
    out.print()
    if door := cloud.front_door:
        limit = f", {door.requests_per_minute} requests a minute from an address" if door.requests_per_minute else ""
        labelled(out, "door", f"https://{door.host} to {door.group}{limit}{', Cloud Armor' if door.armor else ''}")
    used = {name for container in deployment.containers for name in container.secrets}
    secrets = [f"{name} {_version(secret)}" for name, secret in cloud.secrets.items() if name in used]
    labelled(out, "secret", ", ".join(secrets) or "none")
    if observed := cloud.observation:
        limits = f"{observed.errors_per_minute} errors a minute, {observed.latency_ms} ms"
        labelled(out, "alerts", f"above {limits}, to {observed.email}")
    if cloud.budget:
        alerts = "with alerts" if cloud.budget.billing_account else "no alerts; set budget.billing_account"
        labelled(out, "budget", f"${cloud.budget.monthly_usd:g} a month, {alerts}")


def _version(secret: CloudSecret) -> str:
    candidate = f", {secret.candidate_version} for candidates" if secret.candidate_version else ""
    return f"version {secret.version}{candidate}"


def _group(group: PlannedGroup, deployment: Deployment, cloud: Cloud) -> Iterator[str]:
    service = cloud.service(group.name)
    yield f"{group.name}: {str(service.kind).replace('-', ' ')}, {_size(group, service)}"
    yield f"  {_instances(group, service)}"
    if service.kind is Kind.SERVICE:
        yield from (f"  {cloud.url(group.name, region)}" for region in cloud.regions)
    if service.kind is not Kind.WORKER_POOL:
        callers = [*service.invokers, *(edge.source for edge in deployment.edges if edge.target == group.name)]
        yield f"  called by {', '.join(dict.fromkeys(callers)) or 'nobody; set invokers'}{_ingress(service)}"
    if service.volumes:
        homes = [
            f"{name} in a {'bucket' if home == 'bucket' else 'database'}" for name, home in service.volumes.items()
        ]
        yield f"  {', '.join(homes)}"
    state = group.operation.state
    if state and state.candidate:
        yield f"  {100 - state.percent} % to {state.track}, {state.percent} % to {state.track.other}"


def _size(group: PlannedGroup, service: CloudService) -> str:
    main = next(container for container in group.containers if container.key == MAIN)
    sidecars = [container.key for container in group.containers if container.key != MAIN]
    return " ".join(
        [
            *([f"{service.size}:"] if service.size else []),
            f"{main.cpu_cap_millicores / 1000:g} CPU,",
            gibibytes(main.memory_cap_mib),
            *([f"+ {', '.join(sidecars)}"] if sidecars else []),
            *([f"with {service.gpu}"] if main.gpu else []),
        ]
    )


def _instances(group: PlannedGroup, service: CloudService) -> str:
    if service.kind is Kind.JOB:
        return "runs to completion when invoked"
    if service.kind is Kind.WORKER_POOL:
        return f"{plural(max(1, service.min_instances), 'instance')}, always, in each region"
    most = service.instances_max(group.operation.scaling.max)
    billed = "per instance" if service.billing == "instance" or service.gpu else "per request"
    return (
        f"{service.min_instances} to {most} instances, {service.concurrency} concurrent requests each; billed {billed}"
    )


def _ingress(service: CloudService) -> str:
    if service.kind is not Kind.SERVICE:
        return ""
    egress = f", {service.egress} traffic through the network" if service.egress else ""
    return f"; {service.ingress} ingress{egress}"
