"""Services of a Cloud Run stack as Knative manifests, for any cluster with Knative Serving. Pure.

Cloud Run's API derives from Knative's: concurrency, timeout, instances, probes and traffic carry over one to one. What
a Google Cloud project adds (load balancer, alerts, invokers, databases) does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from components import objects
from components.cloudrun.resources.base import Object, cloud_of, own_annotations
from components.cloudrun.resources.containers import GPU, main_port
from components.cloudrun.resources.data import backed
from components.cloudrun.resources.revisions import Revision, Variant, revisions
from components.objects import MANAGED_BY, RESTRICTED, api_object
from fleet.model import MAIN, CloudService, RolloutState
from fleet.model.cloud import Backing, Ingress, Kind
from fleet.plan.deployment import Deployment, PlannedGroup
from fleet.plan.planned_container import PlannedContainer

TIMEOUT_MAX_S = 600
"""Knative's default of `max-revision-timeout-seconds`."""
_SCALING = "autoscaling.knative.dev"
_READABLE_BY_ALL = 0o444
_VOLUME_MIB = 10240
"""Default size of a claim."""
_SET_BY_KNATIVE = frozenset({"PORT", "K_SERVICE", "K_CONFIGURATION", "K_REVISION"})
"""Set by Knative in the container that receives requests; it refuses a manifest that sets them."""


def services(deployment: Deployment) -> tuple[PlannedGroup, ...]:
    """The groups that become Knative services: those that receive requests."""
    cloud = cloud_of(deployment)
    return tuple(group for group in deployment.groups if cloud.service(group.name).kind is Kind.SERVICE)


def shared_objects(deployment: Deployment) -> tuple[Object, ...]:
    """What the services need: a namespace that admits hardened pods only, and their accounts and claims."""
    found = [api_object("v1", "Namespace", {"name": namespace(deployment), "labels": {**MANAGED_BY, **RESTRICTED}})]
    for group in services(deployment):
        account = api_object("v1", "ServiceAccount", _metadata(group, deployment), automountServiceAccountToken=False)
        found += [account, *_claims(group, deployment)]
    return tuple(found)


def service(group: PlannedGroup, deployment: Deployment) -> Object:
    """A group's service.

    During a rollout, the template is the candidate's. Requests are split between it and the live revision, which is
    referenced by name and must exist: see `live_service`.
    """
    return _service(group, deployment, group.operation.state)


def live_service(group: PlannedGroup, deployment: Deployment) -> Object | None:
    """The live revision with all requests, for a cluster without it; None outside a rollout."""
    state = group.operation.state
    if state is None or state.candidate is None:
        return None
    return _service(group, deployment, RolloutState(track=state.track, image=state.image))


def namespace(deployment: Deployment) -> str:
    """Namespace of all of a stack's services."""
    return deployment.machine.name


def claimed(group: PlannedGroup, deployment: Deployment) -> tuple[str, ...]:
    """Volumes that are buckets on Cloud Run, and claims on a cluster."""
    return _volumes_in(Backing.BUCKET, group, deployment)


def databases(group: PlannedGroup, deployment: Deployment) -> tuple[str, ...]:
    """Volumes in Cloud SQL, which clusters lack."""
    return _volumes_in(Backing.SQL, group, deployment)


def _volumes_in(kind: Backing, group: PlannedGroup, deployment: Deployment) -> tuple[str, ...]:
    return tuple(volume.key for volume, backing in backed(group, deployment) if backing is kind)


def _metadata(group: PlannedGroup, deployment: Deployment, name: str = "") -> Object:
    labels = {"app.kubernetes.io/name": group.name, "app.kubernetes.io/part-of": group.system, **MANAGED_BY}
    return {"name": name or group.name, "namespace": namespace(deployment), "labels": labels}


def _claims(group: PlannedGroup, deployment: Deployment) -> Iterator[Object]:
    for key in claimed(group, deployment):
        volume = deployment.volumes[key]
        if volume.group == group.name:
            storage = f"{volume.size_mib or _VOLUME_MIB}Mi"
            # Several instances mount a bucket.
            spec = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": storage}}}
            yield api_object("v1", "PersistentVolumeClaim", _metadata(group, deployment, key), spec=spec)


def _service(group: PlannedGroup, deployment: Deployment, state: RolloutState | None) -> Object:
    run = cloud_of(deployment).service(group.name)
    metadata = _metadata(group, deployment)
    if run.ingress is Ingress.INTERNAL:
        metadata["labels"] = {**metadata["labels"], "networking.knative.dev/visibility": "cluster-local"}
    template = partial(_template, group, deployment, run)
    found = revisions(replace(group, operation=replace(group.operation, state=state)), template)
    spec = {"template": _named(found[-1]) if found else template(Variant()), "traffic": _traffic(found)}
    return api_object("serving.knative.dev/v1", "Service", metadata, spec=spec)


def _named(revision: Revision) -> Object:
    body = revision.template
    return {"metadata": {"name": revision.name, **body["metadata"]}, "spec": body["spec"]}


def _traffic(found: tuple[Revision, ...]) -> list[Object]:
    if not found:
        return [{"latestRevision": True, "percent": 100}]
    return [
        {
            "revisionName": revision.name,
            "percent": revision.percent,
            # A tag gives it a URL of its own before it receives requests.
            **({"tag": str(revision.track)} if revision.on_trial else {}),
        }
        for revision in found
    ]


def _template(group: PlannedGroup, deployment: Deployment, run: CloudService, variant: Variant) -> Object:
    spec: Object = {
        "serviceAccountName": group.name,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "containerConcurrency": run.concurrency,
        "timeoutSeconds": run.timeout_s,
        "containers": [
            _container(c, group, deployment, variant.image if c.key == MAIN else None) for c in group.containers
        ],
        "volumes": _volumes(group, deployment),
    }
    run_as = group.containers[0].hardening.user
    if run_as and claimed(group, deployment):
        # Without it, volumes belong to root and the agents cannot write to them.
        spec["securityContext"] = {"fsGroup": run_as.gid}
    return {
        "metadata": {
            "labels": _metadata(group, deployment)["labels"],
            "annotations": {
                **{label: value for own in own_annotations(group) for label, value in own.items()},
                f"{_SCALING}/min-scale": str(run.min_instances),
                f"{_SCALING}/max-scale": str(run.instances_max(group.operation.scaling.max)),
            },
        },
        "spec": spec,
    }


def _container(container: PlannedContainer, group: PlannedGroup, deployment: Deployment, image: str | None) -> Object:
    card = {GPU: "1"} if container.gpu else {}
    rendered: Object = {
        "name": container.key,
        **objects.image(image or container.image),
        "env": list(_env(container, deployment)),
        "resources": objects.resources(container, card, card),
        "securityContext": {"allowPrivilegeEscalation": False, **objects.restricted_context(container)},
        "volumeMounts": list(_mounts(container, group, deployment)),
    }
    rendered |= objects.program(container)
    port = main_port(group)
    if container.key == MAIN:
        # One port of one container receives requests; Knative probes only that one, unless its operator configures it.
        rendered |= {
            **({"ports": [{"containerPort": port, "name": "http1"}]} if port else {}),
            **_probes(container, port),
        }
    return rendered


def _env(container: PlannedContainer, deployment: Deployment) -> Iterator[Object]:
    skipped = _SET_BY_KNATIVE if container.key == MAIN else _SET_BY_KNATIVE - {"PORT"}
    for name, value in sorted(container.env.items()):
        if name not in skipped:
            yield objects.variable(name, _with_cluster_addresses(value, deployment))
    yield from objects.secret_variables(container)


def _with_cluster_addresses(value: str, deployment: Deployment) -> str:
    cloud = cloud_of(deployment)
    for group in services(deployment):
        inside = f"http://{group.name}.{namespace(deployment)}.svc.cluster.local"
        for region in cloud.regions:
            outside = cloud.url(group.name, region)
            value = value.replace(f"{outside}:443", f"{inside}:80").replace(outside, inside)
    return value


def _probes(container: PlannedContainer, port: int | None) -> Object:
    health = container.health
    if health.http:
        live, ready = objects.http_probes(health.http)
    elif port:
        live = ready = {"tcpSocket": {"port": port}}
    else:
        return {}
    tries = {"timeoutSeconds": health.timeout_s, "failureThreshold": health.retries}
    starts = -(-health.deadline_s // health.interval_s)
    return {
        "startupProbe": {**live, **tries, "periodSeconds": health.interval_s, "failureThreshold": starts},
        "readinessProbe": {**ready, **tries, "periodSeconds": health.interval_s},
        "livenessProbe": {**live, **tries, "periodSeconds": health.interval_s},
    }


def _volumes(group: PlannedGroup, deployment: Deployment) -> list[Object]:
    claims, skipped = claimed(group, deployment), databases(group, deployment)
    sources: dict[str, Object] = {}
    for container in group.containers:
        for mount in container.mounts:
            size = deployment.volumes[mount.volume].size_mib
            if mount.volume in claims:
                sources[mount.volume] = {"persistentVolumeClaim": {"claimName": mount.volume}}
            elif mount.volume not in skipped:
                sources[mount.volume] = {"emptyDir": {"sizeLimit": f"{size}Mi"} if size else {}}
        sources |= objects.memory_and_secret_volumes(container, _READABLE_BY_ALL)
    return [{"name": name, **source} for name, source in sources.items()]


def _mounts(container: PlannedContainer, group: PlannedGroup, deployment: Deployment) -> Iterator[Object]:
    skipped = databases(group, deployment)
    for mount in container.mounts:
        if mount.volume not in skipped:
            yield objects.volume_mount(mount.volume, mount.path, read_only=mount.read_only)
    yield from objects.memory_and_secret_mounts(container)
