"""A group's service, worker pool or job in each region."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from components.cloudrun.resources.base import (
    CloudResource,
    Object,
    Part,
    account_email,
    account_key,
    account_member,
    api_key,
    cloud_of,
    is_below_one_cpu,
    labels,
    policy_annotations,
    project_of,
    resource,
    run_key,
    service_agent,
)
from components.cloudrun.resources.containers import containers, template_volumes
from components.cloudrun.resources.data import grants
from components.cloudrun.resources.platform import repository_keys
from components.cloudrun.resources.revisions import Variant, revisions, shares
from components.cloudrun.resources.secrets import reader_key, secret_names
from fleet.labels import EXPOSED, IDLE_GPU_ACCEPTED
from fleet.model import Cloud
from fleet.model.cloud import Ingress, Kind
from fleet.plan.deployment import Deployment, PlannedGroup

_INGRESS = {
    Ingress.INTERNAL: "INGRESS_TRAFFIC_INTERNAL_ONLY",
    Ingress.LOAD_BALANCER: "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
    Ingress.ALL: "INGRESS_TRAFFIC_ALL",
}
_EGRESS = {"private": "PRIVATE_RANGES_ONLY", "all": "ALL_TRAFFIC"}
_IGNORED = ("client", "clientVersion")
"""Written by `gcloud run deploy`."""
_KINDS = {Kind.SERVICE: "cloudrunv2.Service", Kind.WORKER_POOL: "cloudrunv2.WorkerPool", Kind.JOB: "cloudrunv2.Job"}


def workloads(group: PlannedGroup, deployment: Deployment) -> Iterator[CloudResource]:
    """A group's workload in every region, and who may invoke it."""
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
    """The front door's host for the group behind it, None for any other."""
    return cloud.front_door.host if cloud.front_door and cloud.front_door.group == group else None


def callers(group: PlannedGroup, deployment: Deployment) -> tuple[str, ...]:
    """Groups of the stack that have this one as a peer."""
    return tuple(sorted({edge.source for edge in deployment.edges if edge.target == group.name and not edge.address}))


def _service(group: PlannedGroup, deployment: Deployment, region: str) -> Object:
    cloud = cloud_of(deployment)
    service, host = cloud.service(group.name), front_host(group.name, cloud)
    most = service.instances_max(group.operation.scaling.max)
    template = partial(_service_template, group, deployment, region)
    found = revisions(group, template)
    return {
        **_common(group, deployment, region),
        "ingress": _INGRESS[service.ingress],
        "invoker_iam_disabled": False,
        # Reachable through the front door only, unless other groups call it in their region.
        "default_uri_disabled": host is not None and not callers(group, deployment),
        **({"custom_audiences": [f"https://{host}"]} if host else {}),
        # For the service, not per revision: two revisions share the minimum.
        "scaling": {"min_instance_count": service.min_instances, "max_instance_count": most},
        "template": found[-1].template if found else template(Variant()),
        "traffics": shares(found, "TRAFFIC_TARGET", tagged=True),
    }


def _service_template(group: PlannedGroup, deployment: Deployment, region: str, variant: Variant) -> Object:
    service = cloud_of(deployment).service(group.name)
    small = is_below_one_cpu(group)
    return {
        **_instance(group, deployment, region, variant),
        "annotations": policy_annotations(group),
        "execution_environment": f"EXECUTION_ENVIRONMENT_GEN{1 if small else 2}",
        "max_instance_request_concurrency": 1 if small else service.concurrency,
        "timeout": f"{service.timeout_s}s",
        # Both set: with one alone, each preview would show a change.
        "scaling": {"min_instance_count": 0, "max_instance_count": service.instances_max(group.operation.scaling.max)},
        "labels": labels(group),
    }


def _worker_pool(group: PlannedGroup, deployment: Deployment, region: str) -> Object:
    service = cloud_of(deployment).service(group.name)

    def template(variant: Variant) -> Object:
        body = _instance(group, deployment, region, variant)
        return {**body, "annotations": policy_annotations(group), "labels": labels(group)}

    found = revisions(group, template)
    return {
        **_common(group, deployment, region),
        # No request could start its first instance.
        "scaling": {"manual_instance_count": max(1, service.min_instances)},
        "template": found[-1].template if found else template(Variant()),
        "instance_splits": shares(found, "INSTANCE_SPLIT"),
    }


def _job(group: PlannedGroup, deployment: Deployment, region: str) -> Object:
    service = cloud_of(deployment).service(group.name)
    state, main = group.operation.state, group.containers[0]
    return {
        **_common(group, deployment, region),
        "template": {
            "annotations": policy_annotations(group),
            "labels": labels(group),
            "task_count": 1,
            "parallelism": 1,
            "template": {
                **_instance(group, deployment, region, Variant(state.image if state else None)),
                "execution_environment": "EXECUTION_ENVIRONMENT_GEN2",
                "timeout": f"{main.health.deadline_s if main.once else service.timeout_s}s",
                "max_retries": 0 if main.restart == "no" else main.restarts_max,
            },
        },
    }


_BODIES = {Kind.SERVICE: _service, Kind.WORKER_POOL: _worker_pool, Kind.JOB: _job}


def _common(group: PlannedGroup, deployment: Deployment, region: str) -> Object:
    service = cloud_of(deployment).service(group.name)
    reasons = {IDLE_GPU_ACCEPTED: service.idle_gpu_accepted, EXPOSED: service.exposed}
    annotations = {name: reason for name, reason in reasons.items() if reason}
    return {
        "name": group.name,
        "project": project_of(deployment),
        "location": region,
        "labels": labels(group),
        **({"annotations": annotations} if annotations else {}),
        "deletion_protection": service.deletion_protection,
        **({"binary_authorization": {"use_default": True}} if service.attested_images else {}),
    }


def _instance(group: PlannedGroup, deployment: Deployment, region: str, variant: Variant) -> Object:
    cloud = cloud_of(deployment)
    service, found = cloud.service(group.name), template_volumes(group, deployment, on_trial=variant.on_trial)
    body: Object = {
        "service_account": account_email(group.name, deployment),
        "containers": containers(group, deployment, service, region, variant),
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
            # Redundancy has a quota of its own, which projects must request.
            "gpu_zonal_redundancy_disabled": True,
        }
    return body


def _needs(group: PlannedGroup, deployment: Deployment) -> tuple[str, ...]:
    return (
        api_key("run"),
        account_key(group.name),
        *repository_keys(deployment),
        *(reader_key(group.name, name) for name in secret_names(group)),
        *(grant.key for grant in grants(group, deployment)),
    )


def _invokers(group: PlannedGroup, deployment: Deployment, region: str) -> Iterator[CloudResource]:
    """Who may invoke a group: its configured invokers, the groups that have it as a peer, and uptime checks."""
    cloud = cloud_of(deployment)
    service, key = cloud.service(group.name), run_key(group.name, region)
    if service.kind is Kind.WORKER_POOL:
        return
    peers = {caller: account_member(caller, deployment) for caller in callers(group, deployment)}
    watchers = {"uptime": service_agent("monitoring-notification", cloud)} if is_watched(group, cloud) else {}
    named = {_readable(member): member for member in service.invokers}
    kind = "cloudrunv2.ServiceIamMember" if service.kind is Kind.SERVICE else "cloudrunv2.JobIamMember"
    for name, member in {**named, **peers, **watchers}.items():
        args = {"name": group.name, "location": region, "role": "roles/run.invoker", "member": member}
        needs = (key, *((account_key(name),) if name in peers else ()))
        owner = {"group": group.name, "part": Part.GROUP}
        yield resource(deployment, f"{key}-called-by-{name}", kind, args, *needs, **owner)


def is_watched(group: PlannedGroup, cloud: Cloud) -> bool:
    """Whether uptime checks, which run outside the project, can reach a group."""
    service = cloud.service(group.name)
    outside = service.ingress is Ingress.ALL or front_host(group.name, cloud) is not None
    return cloud.observation is not None and service.kind is Kind.SERVICE and outside


def _readable(member: str) -> str:
    """`serviceAccount:caller@project.iam.gserviceaccount.com` -> `caller-project-iam-gserviceaccount-com`."""
    return "".join(letter if letter.isalnum() else "-" for letter in member.partition(":")[2].lower())
