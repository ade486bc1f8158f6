"""Cloud Run in a plan: kind, size, instances, URL and front door of each group."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from cli.view.rows import labelled
from fleet.model import MAIN, Cloud
from fleet.model.cloud import CloudSecret, CloudService, FrontDoor, Kind
from fleet.plan.deployment import Deployment, PlannedGroup
from fleet.text import gibibytes, plural

_PERCENT = 100


def show_cloud(out: Console, deployment: Deployment, cloud: Cloud) -> None:
    """Prints the services, jobs and worker pools of a project, by region."""
    labelled(out, "where", Text(f"{', '.join(cloud.regions)} of project {cloud.project_number}"))
    for group in deployment.groups:
        out.print()
        labelled(out, "runs", Text("\n".join(_group(group, deployment, cloud))))
    out.print()
    if cloud.front_door:
        labelled(out, "door", Text("\n".join(_door(cloud.front_door))))
    used = {name for container in deployment.containers for name in container.secrets}
    secrets = [f"{name} {_version(secret)}" for name, secret in cloud.secrets.items() if name in used]
    labelled(out, "secret", Text(", ".join(secrets) or "none"))
    if cloud.observation:
        watched = f"{cloud.observation.errors_per_minute} errors a minute, {cloud.observation.latency_ms} ms"
        labelled(out, "alerts", Text(f"above {watched}, to {cloud.observation.email}"))
    if cloud.budget:
        alerts = "with alerts" if cloud.budget.billing_account else "no alerts; set budget.billing_account"
        labelled(out, "budget", Text(f"${cloud.budget.monthly_usd:g} a month, {alerts}"))


def _version(secret: CloudSecret) -> str:
    tried = f", {secret.candidate_version} for candidates" if secret.candidate_version else ""
    return f"version {secret.version}{tried}"


def _group(group: PlannedGroup, deployment: Deployment, cloud: Cloud) -> Iterator[str]:
    service = cloud.service(group.name)
    yield f"{group.name}: {str(service.kind).replace('-', ' ')}, {_size(group, service)}"
    yield f"  {_instances(group, service)}"
    if service.kind is Kind.SERVICE:
        yield from (f"  {cloud.url(group.name, region)}" for region in cloud.regions)
    callers = [*service.invokers, *(edge.source for edge in deployment.edges if edge.target == group.name)]
    if service.kind is not Kind.WORKER_POOL:
        yield f"  called by {', '.join(dict.fromkeys(callers)) or 'nobody; set invokers'}{_reach(service)}"
    homes = [f"{volume} in {'a bucket' if home == 'bucket' else 'a database'}"
             for volume, home in service.volumes.items()]  # fmt: skip
    if homes:
        yield f"  {', '.join(homes)}"
    state = group.operation.state
    if state and state.candidate:
        yield f"  {_PERCENT - state.percent} % to {state.track}, {state.percent} % to {state.track.other}"


def _size(group: PlannedGroup, service: CloudService) -> str:
    main = next(container for container in group.containers if container.key == MAIN)
    beside = [container.key for container in group.containers if container.key != MAIN]
    figures = [
        *([f"{service.size}:"] if service.size else []),
        f"{main.cpu_cap_millicores / 1000:g} CPU,",
        gibibytes(main.memory_cap_mib),
        *([f"+ {', '.join(beside)}"] if beside else []),
        *([f"with {service.gpu}"] if main.gpu else []),
    ]
    return " ".join(figures)


def _instances(group: PlannedGroup, service: CloudService) -> str:
    if service.kind is Kind.JOB:
        return "runs to completion when invoked"
    if service.kind is Kind.WORKER_POOL:
        count = max(1, service.min_instances)
        return f"{plural(count, 'instance')}, always, in each region"
    most = service.instances_max(group.operation.scaling.max)
    billed = "per instance" if service.billing == "instance" or service.gpu else "per request"
    return (
        f"{service.min_instances} to {most} instances, {service.concurrency} concurrent requests each; billed {billed}"
    )


def _reach(service: CloudService) -> str:
    if service.kind is not Kind.SERVICE:
        return ""
    way = f", {service.egress} traffic through the network" if service.egress else ""
    return f"; {service.ingress} ingress{way}"


def _door(door: FrontDoor) -> Iterator[str]:
    limit = f", {door.requests_per_minute} requests a minute from an address" if door.requests_per_minute else ""
    yield f"https://{door.host} to {door.group}{limit}{', Cloud Armor' if door.armor else ''}"
