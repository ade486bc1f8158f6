"""The other objects of a cluster: scalers, budgets, namespaces, accounts, roles, config maps and claims."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.labels import VOLUME_WRITERS, as_annotation
from policy.readers.kubernetes_metadata import metadata, selector_at, texts_of
from policy.readers.values import Properties
from policy.views.kubernetes import (
    AccountView,
    BindingView,
    DataView,
    DisruptionBudgetView,
    Grant,
    ObjectView,
    RoleView,
    ScalerView,
    ScheduleView,
)
from policy.views.stack import VolumeView


def any_object(given: Properties, subject: str, kind: str) -> ObjectView:
    """An object that rules judge by its metadata alone."""
    return ObjectView(**metadata(given, subject, kind))


def scaler(given: Properties, subject: str, kind: str) -> ScalerView:
    """A HorizontalPodAutoscaler, or a ScaledObject of KEDA, with other names and defaults of the counts."""
    spec = given.nested("spec", "target_name")
    target = spec.nested("scaleTargetRef", "target_name")
    keda = kind == "ScaledObject"
    least = spec.whole("minReplicaCount" if keda else "minReplicas", "least")
    most = spec.whole("maxReplicaCount" if keda else "maxReplicas", "most")
    return ScalerView(
        **metadata(given, subject, kind),
        target_kind=target.text("kind", "target_name") or "Deployment",
        target_name=target.text("name", "target_name") or "",
        least=(0 if keda else 1) if least is None else least,
        most=(100 if keda else 0) if most is None else most,
    )


def disruption_budget(given: Properties, subject: str, kind: str) -> DisruptionBudgetView:
    """A policy/v1 PodDisruptionBudget."""
    chosen = selector_at(given.nested("spec", "selector"), "selector", "selector")
    return DisruptionBudgetView(**metadata(given, subject, kind), selector=chosen)


def account(given: Properties, subject: str, kind: str) -> AccountView:
    """A core/v1 ServiceAccount."""
    token = given.optional_flag("automountServiceAccountToken", "token")
    return AccountView(**metadata(given, subject, kind), token=token)


def role(given: Properties, subject: str, kind: str) -> RoleView:
    """A Role or ClusterRole."""
    return RoleView(**metadata(given, subject, kind), grants=tuple(_grants(given)))


def binding(given: Properties, subject: str, kind: str) -> BindingView:
    """A RoleBinding or ClusterRoleBinding."""
    chosen = given.nested("roleRef", "role_name")
    return BindingView(
        **metadata(given, subject, kind),
        role_name=chosen.text("name", "role_name") or "",
        subjects=tuple(
            (
                entry.text("kind", "subjects") or "",
                entry.text("namespace", "subjects") or "",
                entry.text("name", "subjects") or "",
            )
            for entry in given.entries("subjects", "subjects")
        ),
    )


def config_map(given: Properties, subject: str, kind: str) -> DataView:
    """A core/v1 ConfigMap."""
    return DataView(**metadata(given, subject, kind), data=texts_of(given, "data", "data"))


def schedule(given: Properties, subject: str, kind: str) -> ScheduleView:
    """A velero.io/v1 Schedule."""
    cron = given.nested("spec", "cron").text("schedule", "cron") or ""
    return ScheduleView(**metadata(given, subject, kind), cron=cron)


def claim(given: Properties, subject: str, kind: str) -> VolumeView:
    """A core/v1 PersistentVolumeClaim, as a volume."""
    about = metadata(given, subject, kind)
    labels = {**about["labels"], **about["annotations"]}
    if writers := labels.get(as_annotation(VOLUME_WRITERS)):
        labels[VOLUME_WRITERS] = writers
    return VolumeView(subject, about["name"], labels=labels, is_claim=True)


def _grants(given: Properties) -> Iterator[Grant]:
    for entry in given.entries("rules", "grants"):
        yield Grant(
            groups=tuple(entry.texts("apiGroups", "grants")),
            resources=tuple(entry.texts("resources", "grants")),
            verbs=tuple(entry.texts("verbs", "grants")),
            names=tuple(entry.texts("resourceNames", "grants")),
            urls=tuple(entry.texts("nonResourceURLs", "grants")),
        )
