"""Workloads of Kubernetes to a PodView each, with a ContainerView for every container in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policy.readers.containers import Template, kind_of, placeholder
from policy.readers.kubernetes_containers import POD_VOLUMES, container
from policy.readers.kubernetes_metadata import metadata, selector_at, texts_of
from policy.readers.values import Properties, as_items, is_unknown
from policy.views.container import EPHEMERAL, INIT, KUBERNETES, MAIN, SIDECAR, ContainerView
from policy.views.kubernetes import PodView, PodVolume

_TEMPLATES: Mapping[str, tuple[str, ...]] = {
    "Pod": (),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    "ScaledJob": ("spec", "jobTargetRef", "template"),
}
"""Path of the pod template by kind; `spec.template` for all others."""

_JOBS = ("Job", "CronJob", "ScaledJob")
_TEMPLATE_FIELDS = frozenset(
    {"containers", "service_account", "token", "security_context", "sysctls", "host_aliases", "volumes", "spread",
     "host_network", "node_selector", "priority_class", "pod_labels", "pod_annotations"}
)  # fmt: skip
"""Fields of a PodView that come from its template."""


def pod(given: Properties, subject: str, kind: str) -> PodView:
    """The pod of a workload, of any kind that has one."""
    spec, template = given.nested("spec", "containers"), given
    for key in _TEMPLATES.get(kind, ("spec", "template")):
        template = template.nested(key, "containers")
    inner, meta = template.nested("spec", "containers"), template.nested("metadata", "pod_labels")
    if "pod_labels" in given.unknown:
        given.unknown.add("pod_annotations")
    ends = kind in _JOBS or (kind == "Pod" and inner.text("restartPolicy", "bare") in ("Never", "OnFailure"))
    annotations = texts_of(meta, "annotations", "pod_annotations")
    account = inner.text("serviceAccountName", "service_account") or inner.text("serviceAccount", "service_account")
    context = inner.nested("securityContext", "security_context")
    strategies = [spec.nested(key, "strategy").text("type", "strategy") for key in ("strategy", "updateStrategy")]
    aliases = inner.entries("hostAliases", "host_aliases")
    shared = Template(inner, annotations, ends=ends, labels_unknown="pod_annotations" in given.unknown)
    containers = tuple(_containers(subject, inner, shared))
    view = PodView(
        **metadata(given, subject, kind),
        pod_labels=texts_of(meta, "labels", "pod_labels"),
        pod_annotations=annotations,
        selector=None if kind in ("Pod", *_JOBS) else selector_at(spec, "selector", "selector"),
        replicas=spec.whole("parallelism" if kind == "Job" else "replicas", "replicas"),
        strategy=next(filter(None, strategies), ""),
        surge=_rolling(spec, "maxSurge"),
        unavailable=_rolling(spec, "maxUnavailable"),
        bare=kind == "Pod",
        ends_by_itself=ends,
        service_account=account or "",
        token=inner.optional_flag("automountServiceAccountToken", "token"),
        security_context=bool(context.names()),
        sysctls=tuple(entry.text("name", "sysctls") or "" for entry in context.entries("sysctls", "sysctls")),
        host_aliases=tuple(entry.text("ip", "host_aliases") or "" for entry in aliases),
        volumes=tuple(_volumes(inner)),
        spread=_spread(inner),
        host_network=inner.flag("hostNetwork", "host_network"),
        node_selector=texts_of(inner, "nodeSelector", "node_selector"),
        priority_class=inner.text("priorityClassName", "priority_class") or "",
        containers=containers,
    )
    if "security_context" in given.unknown:
        given.unknown.add("sysctls")
    if "containers" in given.unknown:
        given.unknown |= _TEMPLATE_FIELDS
    return view


def _containers(subject: str, spec: Properties, shared: Template) -> Iterator[ContainerView]:
    """Every container of a pod, and a placeholder if some are unknown."""
    for key, role in (("containers", MAIN), ("initContainers", INIT), ("ephemeralContainers", EPHEMERAL)):
        for item in as_items(spec.raw(key, "containers")):
            if is_unknown(item):
                spec.unknown.add("containers")
            elif isinstance(item, Mapping):
                keeps_running = role == INIT and item.get("restartPolicy") == "Always"
                yield container(subject, item, SIDECAR if keeps_running else role, shared)
    if "containers" in spec.unknown:
        yield placeholder(subject, KUBERNETES)


def _rolling(spec: Properties, key: str) -> str:
    """A setting of a Deployment's rolling update: a number or percentage."""
    return spec.nested("strategy", "strategy").nested("rollingUpdate", "strategy").text(key, "strategy") or ""


def _volumes(spec: Properties) -> Iterator[PodVolume]:
    for entry in spec.entries("volumes", "volumes"):
        kind, inside = kind_of(entry, "volumes")
        key = POD_VOLUMES.get(kind, "")
        yield PodVolume(
            name=entry.text("name", "volumes") or "",
            kind=kind,
            source=(inside.text(key, "volumes") or "") if key else "",
            read_only=inside.flag("readOnly", "volumes"),
            in_memory=inside.text("medium", "volumes") == "Memory",
            size_limited=inside.has("sizeLimit"),
        )


def _spread(spec: Properties) -> bool:
    apart = spec.nested("affinity", "spread").nested("podAntiAffinity", "spread")
    return bool(apart.names()) or bool(spec.items("topologySpreadConstraints", "spread"))
