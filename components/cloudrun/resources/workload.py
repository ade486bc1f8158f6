"""What a group runs as in each region: a service, a worker pool or a job."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from components.cloudrun.resources.base import (
    INVOKER,
    CloudResource,
    Object,
    Part,
    account_email,
    account_key,
    account_member,
    api_key,
    cloud_of,
    is_below_one_cpu,
    judged_by,
    labels,
    project_of,
    run_key,
    service_agent,
)
from components.cloudrun.resources.containers import containers, template_volumes
from components.cloudrun.resources.data import right_keys
from components.cloudrun.resources.platform import repository_keys
from components.cloudrun.resources.revisions import Variant, revisions, splits, traffic
from components.cloudrun.resources.secrets import reader_key, secret_names
from fleet.labels import EXPOSED, IDLE_GPU_ACCEPTED
from fleet.model import Cloud
from fleet.model.cloud import Ingress, Kind
from fleet.plan.deployment import Deployment, PlannedGroup

INGRESS = {
    Ingress.INTERNAL: "INGRESS_TRAFFIC_INTERNAL_ONLY",
    Ingress.LOAD_BALANCER: "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
    Ingress.ALL: "INGRESS_TRAFFIC_ALL",
}
_EGRESS = {"private": "PRIVATE_RANGES_ONLY", "all": "ALL_TRAFFIC"}
_IGNORED = ("client", "clientVersion")
"""Written by `gcloud run deploy`; no difference that anybody would act on."""
_KINDS = {Kind.SERVICE: "cloudrunv2.Service", Kind.WORKER_POOL: "cloudrunv2.WorkerPool", Kind.JOB: "cloudrunv2.Job"}


def workloads(group: PlannedGroup, deployment: Deployment) -> Iterator[CloudResource]:
    """A group in every region, and who may call it there."""
    cloud = cloud_of(deployment)
    service = cloud.service(group.name)
    for region in cloud.regions:
        yield CloudResource(
            run_key(group.name, region),
            _KINDS[service.kind],
            _BODIES[service.kind](group, deployment, region),
            group.name,
            Part.GROUP,
            needs=_needs(group, deployment),
            ignored=_IGNORED,
        )
        yield from _invokers(group, deployment, region)


def front_host(group: str, cloud: Cloud) -> str | None:
    """Name under which the world reaches a group; None for one that is not behind the front door."""
    return cloud.front_door.host if cloud.front_door and cloud.front_door.group == group else None


def callers(group: PlannedGroup, deployment: Deployment) -> tuple[str, ...]:
    """Groups of the stack that name this one as a peer."""
    return tuple(sorted({edge.source for edge in deployment.edges if edge.target == group.name and not edge.address}))


def _service(group: PlannedGroup, deployment: Deployment, region: str) -> Object:
    cloud = cloud_of(deployment)
    service, host = cloud.service(group.name), front_host(group.name, cloud)
    most = service.instances_max(group.operation.scaling.max)
    template = partial(_service_template, group, deployment, region)
    found = revisions(group, template)
    return {
        **_common(group, deployment, region),
        "ingress": INGRESS[service.ingress],
        "invoker_iam_disabled": False,
        # Behind the front door alone, unless other groups call it where they are.
        "default_uri_disabled": host is not None and not callers(group, deployment),
        **({"custom_audiences": [f"https://{host}"]} if host else {}),
        # Of all its revisions together: those that two versions keep warm are not counted twice.
        "scaling": {"min_instance_count": service.min_instances, "max_instance_count": most},
        "template": found[-1].template if found else template(Variant()),
        "traffics": traffic(found),
    }


def _service_template(group: PlannedGroup, deployment: Deployment, region: str, variant: Variant) -> Object:
    service = cloud_of(deployment).service(group.name)
    small = is_below_one_cpu(group)
    return {
        **_instance(group, deployment, region, variant),
        "annotations": judged_by(group),
        "execution_environment": f"EXECUTION_ENVIRONMENT_GEN{1 if small else 2}",
        "max_instance_request_concurrency": 1 if small else service.concurrency,
        "timeout": f"{service.timeout_s}s",
        # Both stated: one alone differs from what the API gives back for ever.
        "scaling": {"min_instance_count": 0, "max_instance_count": service.instances_max(group.operation.scaling.max)},
        "labels": labels(group),
    }


def _worker_pool(group: PlannedGroup, deployment: Deployment, region: str) -> Object:
    service = cloud_of(deployment).service(group.name)

    def template(variant: Variant) -> Object:
        body = _instance(group, deployment, region, variant)
        return {**body, "annotations": judged_by(group), "labels": labels(group)}

    found = revisions(group, template)
    return {
        **_common(group, deployment, region),
        # Nothing calls it, so that nothing could start its first instance.
        "scaling": {"manual_instance_count": max(1, service.min_instances)},
        "template": found[-1].template if found else template(Variant()),
        "instance_splits": splits(found),
    }


def _job(group: PlannedGroup, deployment: Deployment, region: str) -> Object:
    service = cloud_of(deployment).service(group.name)
    state, main = group.operation.state, group.containers[0]
    return {
        **_common(group, deployment, region),
        "template": {
            "annotations": judged_by(group),
            "labels": labels(group),
            "task_count": 1,
            "parallelism": 1,
            "template": {
                **_instance(group, deployment, region, Variant(state.image if state else None)),
                "execution_environment": "EXECUTION_ENVIRONMENT_GEN2",
                "timeout": f"{service.timeout_s}s",
                "max_retries": 0 if main.restart == "no" else main.restarts_max,
            },
        },
    }


_BODIES = {Kind.SERVICE: _service, Kind.WORKER_POOL: _worker_pool, Kind.JOB: _job}


def _common(group: PlannedGroup, deployment: Deployment, region: str) -> Object:
    service = cloud_of(deployment).service(group.name)
    reasons = {IDLE_GPU_ACCEPTED: service.idle_gpu_accepted, EXPOSED: service.exposed}
    said = {name: reason for name, reason in reasons.items() if reason}
    return {
        "name": group.name,
        "project": project_of(deployment),
        "location": region,
        "labels": labels(group),
        **({"annotations": said} if said else {}),
        "deletion_protection": service.deletion_protection,
        **({"binary_authorization": {"use_default": True}} if service.attested_images else {}),
    }


def _instance(group: PlannedGroup, deployment: Deployment, region: str, variant: Variant) -> Object:
    """What services, worker pools and jobs say of an instance in the same words."""
    cloud = cloud_of(deployment)
    service, found = cloud.service(group.name), template_volumes(group, deployment, on_trial=variant.on_trial)
    body: Object = {
        "service_account": account_email(group.name, deployment),
        "containers": containers(group, deployment, service, region, variant.image),
        **({"volumes": found} if found else {}),
    }
    if service.egress:
        body["vpc_access"] = {
            "egress": _EGRESS[service.egress],
            "network_interfaces": [{"network": cloud.network, "subnetwork": cloud.subnet}],
        }
    if any(container.gpu for container in group.containers):
        body |= {
            "node_selector": {"accelerator": str(service.gpu)},
            # Cards in two zones are a quota of their own, which a project has not unless it asked.
            "gpu_zonal_redundancy_disabled": True,
        }
    return body


def _needs(group: PlannedGroup, deployment: Deployment) -> tuple[str, ...]:
    """What an instance could not start without."""
    return (
        api_key("run"),
        account_key(group.name),
        *repository_keys(deployment),
        *(reader_key(group.name, name) for name in secret_names(group)),
        *right_keys(group, deployment),
    )


def _invokers(group: PlannedGroup, deployment: Deployment, region: str) -> Iterator[CloudResource]:
    """Who may call a group: those its stack names, the groups that name it as a peer, and what watches it."""
    cloud = cloud_of(deployment)
    service, key = cloud.service(group.name), run_key(group.name, region)
    if service.kind is Kind.WORKER_POOL:
        return
    peers = {caller: account_member(caller, deployment) for caller in callers(group, deployment)}
    watchers = {"uptime": service_agent("monitoring-notification", cloud)} if is_watched(group, cloud) else {}
    named = {_readable(member): member for member in service.invokers}
    kind = "cloudrunv2.ServiceIamMember" if service.kind is Kind.SERVICE else "cloudrunv2.JobIamMember"
    for name, member in {**named, **peers, **watchers}.items():
        args = {
            "name": group.name,
            "location": region,
            "project": project_of(deployment),
            "role": INVOKER,
            "member": member,
        }
        needs = (key, *((account_key(name),) if name in peers else ()))
        yield CloudResource(f"{key}-called-by-{name}", kind, args, group.name, Part.GROUP, needs)


def is_watched(group: PlannedGroup, cloud: Cloud) -> bool:
    """Whether uptime checks can reach a group: they come from outside."""
    service = cloud.service(group.name)
    outside = service.ingress is Ingress.ALL or front_host(group.name, cloud) is not None
    return cloud.observation is not None and service.kind is Kind.SERVICE and outside


def _readable(member: str) -> str:
    """`serviceAccount:caller@project.iam.gserviceaccount.com` -> `caller-project-iam-gserviceaccount-com`."""
    return "".join(letter if letter.isalnum() else "-" for letter in member.partition(":")[2].lower())
