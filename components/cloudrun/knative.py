"""Services of a Cloud Run stack as Knative manifests: they run on any cluster that has Knative Serving. Pure.

Cloud Run's first API is Knative's own, so a service's concurrency, timeout, instances, probes and traffic carry over
one to one. What a project on Google Cloud does beside it (load balancer, alerts, invokers, databases) does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from components.cloudrun.resources.base import Object, cloud_of
from components.cloudrun.resources.containers import GPU, main_port
from components.cloudrun.resources.data import backed
from components.cloudrun.resources.revisions import Revision, Variant, revisions
from fleet.model import MAIN, CloudService, RolloutState
from fleet.model.cloud import Backing, Ingress, Kind
from fleet.model.group import SECRETS_PATH
from fleet.plan.deployment import Deployment, PlannedContainer, PlannedGroup
from fleet.plan.pod_volumes import in_memory, secrets_volume

SECRET_KEY = "value"  # noqa: S105  (the key inside a Secret, not its value)
TIMEOUT_MAX_S = 600
"""What Knative allows unless its operator raised `max-revision-timeout-seconds`."""
_SCALING = "autoscaling.knative.dev"
_LEVEL = "pod-security.kubernetes.io"
_MANAGED_BY = {"app.kubernetes.io/managed-by": "fleet"}
_READABLE_BY_ALL = 0o444
_VOLUME_MIB = 10240
"""Size of a claim whose group states none."""
_GIVEN_BY_KNATIVE = frozenset({"PORT", "K_SERVICE", "K_CONFIGURATION", "K_REVISION"})
"""Set by Knative itself, in the container that answers requests; a manifest that sets them is refused."""


def services(deployment: Deployment) -> tuple[PlannedGroup, ...]:
    """The groups that become a Knative service: those that answer requests."""
    cloud = cloud_of(deployment)
    return tuple(group for group in deployment.groups if cloud.service(group.name).kind is Kind.SERVICE)


def shared_objects(deployment: Deployment) -> tuple[Object, ...]:
    """What services need: a namespace that takes hardened pods only, and each one's account and claims."""
    levels = {f"{_LEVEL}/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
    metadata = {"name": namespace(deployment), "labels": {**_MANAGED_BY, **levels}}
    found: list[Object] = [{"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}]
    for group in services(deployment):
        found += [_account(group, deployment), *_claims(group, deployment)]
    return tuple(found)


def service(group: PlannedGroup, deployment: Deployment) -> Object:
    """A group's service.

    With a rollout under way the template is the new version's, and requests are divided between it and the version that
    counts, which is found by its name; `live_service` is that version alone, to be there first.
    """
    return _service(group, deployment, group.operation.state)


def live_service(group: PlannedGroup, deployment: Deployment) -> Object | None:
    """The version that counts with all requests, for a cluster that lacks it; None without a rollout under way."""
    state = group.operation.state
    if state is None or state.candidate is None:
        return None
    return _service(group, deployment, RolloutState(track=state.track, image=state.image))


def namespace(deployment: Deployment) -> str:
    """Namespace of all of a stack's services."""
    return deployment.machine.name


def claimed(group: PlannedGroup, deployment: Deployment) -> tuple[str, ...]:
    """Volumes that are buckets on Cloud Run, and claims on a cluster."""
    return tuple(volume.key for volume, backing in backed(group, deployment) if backing is Backing.BUCKET)


def databases(group: PlannedGroup, deployment: Deployment) -> tuple[str, ...]:
    """Volumes that are Cloud SQL, which no cluster has."""
    return tuple(volume.key for volume, backing in backed(group, deployment) if backing is Backing.SQL)


def _metadata(group: PlannedGroup, deployment: Deployment, name: str = "") -> Object:
    labels = {"app.kubernetes.io/name": group.name, "app.kubernetes.io/part-of": group.system, **_MANAGED_BY}
    return {"name": name or group.name, "namespace": namespace(deployment), "labels": labels}


def _account(group: PlannedGroup, deployment: Deployment) -> Object:
    about = _metadata(group, deployment)
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": about, "automountServiceAccountToken": False}


def _claims(group: PlannedGroup, deployment: Deployment) -> Iterator[Object]:
    for key in claimed(group, deployment):
        volume = deployment.volumes[key]
        if volume.group != group.name:
            continue
        spec = {
            # Several instances mount a bucket.
            "accessModes": ["ReadWriteMany"],
            "resources": {"requests": {"storage": f"{volume.size_mib or _VOLUME_MIB}Mi"}},
        }
        about = _metadata(group, deployment, key)
        yield {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": about, "spec": spec}


def _service(group: PlannedGroup, deployment: Deployment, state: RolloutState | None) -> Object:
    run = cloud_of(deployment).service(group.name)
    about = _metadata(group, deployment)
    if run.ingress is Ingress.INTERNAL:
        about["labels"] = {**about["labels"], "networking.knative.dev/visibility": "cluster-local"}
    standing = replace(group, operation=replace(group.operation, state=state))
    template = partial(_template, group, deployment, run)
    found = revisions(standing, template)
    return {
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Service",
        "metadata": about,
        "spec": {"template": _named(found[-1]) if found else template(Variant()), "traffic": _traffic(found)},
    }


def _named(revision: Revision) -> Object:
    body = revision.template
    return {"metadata": {"name": revision.name, **body["metadata"]}, "spec": body["spec"]}


def _traffic(found: tuple[Revision, ...]) -> list[Object]:
    """Who gets the requests: the newest version, or by percent between named ones."""
    if not found:
        return [{"latestRevision": True, "percent": 100}]
    return [
        {
            "revisionName": revision.name,
            "percent": revision.percent,
            # A tag gives it an address of its own, before it gets any request.
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
    if claimed(group, deployment):
        # Or the agents could not write what belongs to root.
        spec["securityContext"] = {"fsGroup": group.containers[0].hardening.run_as.gid}
    return {
        "metadata": {
            "labels": _metadata(group, deployment)["labels"],
            "annotations": {
                f"{_SCALING}/min-scale": str(run.min_instances),
                f"{_SCALING}/max-scale": str(run.instances_max(group.operation.scaling.max)),
            },
        },
        "spec": spec,
    }


def _container(container: PlannedContainer, group: PlannedGroup, deployment: Deployment, image: str | None) -> Object:
    reference = image or container.image
    found: Object = {
        "name": container.key,
        "image": reference,
        "imagePullPolicy": "IfNotPresent" if "@sha256:" in reference else "Always",
        "env": list(_env(container, deployment)),
        "resources": _resources(container),
        "securityContext": _security(container),
        "volumeMounts": list(_mounts(container, group, deployment)),
    }
    if container.command:
        found["args"] = list(container.command)
    port = main_port(group)
    if container.key == MAIN:
        # One port of one container answers, and only that one is probed unless Knative's operator says otherwise.
        found |= {**({"ports": [{"containerPort": port, "name": "http1"}]} if port else {}), **_probes(container, port)}
    return found


def _env(container: PlannedContainer, deployment: Deployment) -> Iterator[Object]:
    given = _GIVEN_BY_KNATIVE if container.key == MAIN else _GIVEN_BY_KNATIVE - {"PORT"}
    for name, value in sorted(container.env.items()):
        if name not in given:
            # Kubernetes expands $(NAME) in values; a doubled $ stays one.
            yield {"name": name, "value": _at_home(value, deployment).replace("$(", "$$(")}


def _at_home(value: str, deployment: Deployment) -> str:
    """A value with the addresses that the stack's services have inside the cluster."""
    cloud = cloud_of(deployment)
    for group in services(deployment):
        inside = f"http://{group.name}.{namespace(deployment)}.svc.cluster.local"
        for region in cloud.regions:
            outside = cloud.url(group.name, region)
            value = value.replace(f"{outside}:443", f"{inside}:80").replace(outside, inside)
    return value


def _resources(container: PlannedContainer) -> Object:
    card = {GPU: "1"} if container.gpu else {}
    return {
        "requests": {
            "cpu": f"{container.cpu_request_millicores}m",
            "memory": f"{container.memory_request_mib}Mi",
            **card,
        },
        "limits": {"cpu": f"{container.cpu_cap_millicores}m", "memory": f"{container.memory_cap_mib}Mi", **card},
    }


def _security(container: PlannedContainer) -> Object:
    """What the restricted level wants, whatever an instance's own sandbox would forgive."""
    run_as = container.hardening.run_as
    return {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": container.hardening.read_only_root,
        "runAsNonRoot": True,
        "runAsUser": run_as.uid,
        "runAsGroup": run_as.gid,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def _probes(container: PlannedContainer, port: int | None) -> Object:
    health = container.health
    works: Object
    takes: Object
    if health.http:
        works = {"httpGet": {"path": health.http.path, "port": health.http.port}}
        takes = {"httpGet": {"path": health.http.ready_path, "port": health.http.port}}
    elif port:
        works = takes = {"tcpSocket": {"port": port}}
    else:
        return {}
    tries = {"timeoutSeconds": health.timeout_s, "failureThreshold": health.retries}
    starts = -(-health.deadline_s // health.interval_s)
    return {
        "startupProbe": {**works, **tries, "periodSeconds": health.interval_s, "failureThreshold": starts},
        "readinessProbe": {**takes, **tries, "periodSeconds": health.interval_s},
        "livenessProbe": {**works, **tries, "periodSeconds": health.interval_s},
    }


def _volumes(group: PlannedGroup, deployment: Deployment) -> list[Object]:
    claims, skipped = claimed(group, deployment), databases(group, deployment)
    found: dict[str, Object] = {}
    for container in group.containers:
        for mount in container.mounts:
            size = deployment.volumes[mount.volume].size_mib
            if mount.volume in claims:
                found[mount.volume] = {"persistentVolumeClaim": {"claimName": mount.volume}}
            elif mount.volume not in skipped:
                found[mount.volume] = {"emptyDir": {"sizeLimit": f"{size}Mi"} if size else {}}
        for name, _, size_mib in in_memory(container):
            found[name] = {"emptyDir": {"medium": "Memory", "sizeLimit": f"{size_mib}Mi"}}
        if container.secrets:
            sources = [{"secret": {"name": s, "items": [{"key": SECRET_KEY, "path": s}]}} for s in container.secrets]
            found[secrets_volume(container)] = {"projected": {"defaultMode": _READABLE_BY_ALL, "sources": sources}}
    return [{"name": name, **source} for name, source in found.items()]


def _mounts(container: PlannedContainer, group: PlannedGroup, deployment: Deployment) -> Iterator[Object]:
    skipped = databases(group, deployment)
    for mount in container.mounts:
        if mount.volume not in skipped:
            read_only: Mapping[str, bool] = {"readOnly": True} if mount.read_only else {}
            yield {"name": mount.volume, "mountPath": mount.path, **read_only}
    for name, path, _ in in_memory(container):
        yield {"name": name, "mountPath": path}
    if container.secrets:
        yield {"name": secrets_volume(container), "mountPath": SECRETS_PATH, "readOnly": True}
