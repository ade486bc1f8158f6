"""The other objects of a cluster: scalers, budgets, namespaces, accounts, roles, config maps and claims."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

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


def any_object(subject: str, kind: str, properties: Mapping[str, Any]) -> ObjectView:
    """An object of which only metadata matters."""
    given = Properties(properties)
    about = metadata(subject, kind, given)
    return ObjectView(**about, unknown=frozenset(given.unknown))


def scaler(subject: str, kind: str, properties: Mapping[str, Any]) -> ScalerView:
    """A HorizontalPodAutoscaler, or a ScaledObject of KEDA, whose counts have other names and defaults."""
    given = Properties(properties)
    about = metadata(subject, kind, given)
    spec = given.nested("spec", "target_name")
    target = spec.nested("scaleTargetRef", "target_name")
    keda = kind == "ScaledObject"
    least = spec.whole("minReplicaCount" if keda else "minReplicas", "least")
    most = spec.whole("maxReplicaCount" if keda else "maxReplicas", "most")
    return ScalerView(
        **about,
        target_kind=target.text("kind", "target_name") or "Deployment",
        target_name=target.text("name", "target_name") or "",
        least=(0 if keda else 1) if least is None else least,
        most=(100 if keda else 0) if most is None else most,
        unknown=frozenset(given.unknown),
    )


def disruption_budget(subject: str, kind: str, properties: Mapping[str, Any]) -> DisruptionBudgetView:
    """A policy/v1 PodDisruptionBudget."""
    given = Properties(properties)
    about = metadata(subject, kind, given)
    chosen = selector_at(given.nested("spec", "selector"), "selector", "selector")
    return DisruptionBudgetView(**about, selector=chosen, unknown=frozenset(given.unknown))


def account(subject: str, kind: str, properties: Mapping[str, Any]) -> AccountView:
    """A core/v1 ServiceAccount."""
    given = Properties(properties)
    about = metadata(subject, kind, given)
    raw = given.raw("automountServiceAccountToken", "token")
    token = None if raw is None else given.flag("automountServiceAccountToken", "token")
    return AccountView(**about, token=token, unknown=frozenset(given.unknown))


def role(subject: str, kind: str, properties: Mapping[str, Any]) -> RoleView:
    """A Role or ClusterRole."""
    given = Properties(properties)
    about = metadata(subject, kind, given)
    return RoleView(**about, grants=tuple(_grants(given)), unknown=frozenset(given.unknown))


def binding(subject: str, kind: str, properties: Mapping[str, Any]) -> BindingView:
    """A RoleBinding or ClusterRoleBinding."""
    given = Properties(properties)
    about = metadata(subject, kind, given)
    chosen = given.nested("roleRef", "role_name")
    return BindingView(
        **about,
        role_kind=chosen.text("kind", "role_name") or "",
        role_name=chosen.text("name", "role_name") or "",
        subjects=tuple(
            (
                entry.text("kind", "subjects") or "",
                entry.text("namespace", "subjects") or "",
                entry.text("name", "subjects") or "",
            )
            for entry in given.entries("subjects", "subjects")
        ),
        unknown=frozenset(given.unknown),
    )


def config_map(subject: str, kind: str, properties: Mapping[str, Any]) -> DataView:
    """A core/v1 ConfigMap."""
    given = Properties(properties)
    about = metadata(subject, kind, given)
    return DataView(**about, data=texts_of(given, "data", "data"), unknown=frozenset(given.unknown))


def schedule(subject: str, kind: str, properties: Mapping[str, Any]) -> ScheduleView:
    """A velero.io/v1 Schedule."""
    given = Properties(properties)
    about = metadata(subject, kind, given)
    cron = given.nested("spec", "cron").text("schedule", "cron") or ""
    return ScheduleView(**about, cron=cron, unknown=frozenset(given.unknown))


def claim(subject: str, kind: str, properties: Mapping[str, Any]) -> VolumeView:
    """A core/v1 PersistentVolumeClaim, as the named volume it stands for."""
    given = Properties(properties)
    about = metadata(subject, kind, given)
    labels = {**about["labels"], **about["annotations"]}
    writers = labels.get(as_annotation(VOLUME_WRITERS))
    return VolumeView(
        subject=subject,
        name=about["name"],
        labels={**labels, VOLUME_WRITERS: writers} if writers else labels,
        is_claim=True,
        unknown=frozenset(given.unknown),
    )


def _grants(given: Properties) -> Iterator[Grant]:
    for entry in given.entries("rules", "grants"):
        yield Grant(
            groups=tuple(entry.texts("apiGroups", "grants")),
            resources=tuple(entry.texts("resources", "grants")),
            verbs=tuple(entry.texts("verbs", "grants")),
            names=tuple(entry.texts("resourceNames", "grants")),
            urls=tuple(entry.texts("nonResourceURLs", "grants")),
        )
