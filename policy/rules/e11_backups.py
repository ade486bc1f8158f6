"""E11: every volume that holds data states how it is backed up, or why not.

Containers carry the statement of their group's file (`fleet.backups`), because a volume is replaced when its labels
change; on a cluster, Velero's annotation of a pod works too. A claim holds data unless it is annotated as scratch, a
Docker volume if it is protected. Buckets and databases of a cloud state it themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fleet.labels import BACKUPS, VOLUME_KIND
from fleet.source.cron import fault_of
from fleet.source.redaction import shown
from policy.core.rule import Finding, Level, Settings, Severity, StackRule
from policy.views.stack import StackView, VolumeView

_VELERO = "backup.velero.io/backup-volumes"
_BY_VELERO = "when Velero's schedule says by Velero"
_NONE = "none"


def _check(stack: StackView, settings: Settings) -> Iterator[Finding]:
    said = _said(stack)
    for volume in stack.volumes:
        if not _holds_data(volume) or "name" in volume.unknown:
            continue
        statement = said.get((volume.host, volume.name))
        if statement is None:
            if not volume.copied:
                yield Finding("name", f"name is {shown(volume.name)}, but no backup of its data is stated", of=volume)
        elif statement != _BY_VELERO and (fault := _fault(statement)):
            yield Finding("name", f"name is {shown(volume.name)}, whose backup is {fault}", of=volume)
    for schedule in stack.schedules:
        if "cron" not in schedule.unknown and (fault := fault_of(_without_zone(schedule.cron))):
            problem = f"cron is {shown(schedule.cron)}: {fault}, so Velero never runs it"
            yield Finding("cron", problem, "write five fields, such as 30 3 * * *", of=schedule)


def _holds_data(volume: VolumeView) -> bool:
    if volume.is_claim:
        return volume.labels.get(VOLUME_KIND) != "scratch"
    return volume.protected or volume.in_cloud


def _said(stack: StackView) -> Mapping[tuple[str, str], str]:
    """(host, volume) -> its backup statement."""
    found = {}
    for pod in stack.pods:
        named = {name.strip() for name in pod.pod_annotations.get(_VELERO, "").split(",")}
        for volume in pod.volumes:
            if volume.name in named:
                found[(pod.host, volume.source)] = _BY_VELERO
    for container in stack.containers:
        for part in container.labels.get(BACKUPS, "").split(";"):
            name, separator, statement = part.partition(":")
            if separator:
                found[(container.host, name.strip())] = statement.strip()
    return found


def _fault(statement: str) -> str:
    """What is wrong with a statement; empty if nothing."""
    word, _, reason = statement.partition(",")
    if word.strip() == _NONE:
        return "" if reason.strip() else '"none" without a reason'
    cron, _, means = statement.partition(" by ")
    if not means.strip():
        return f"{shown(statement)}, which is neither <schedule> by <means> nor none, <reason>"
    fault = fault_of(cron)
    return f"{shown(cron)}, which is not a schedule: {fault}" if fault else ""


def _without_zone(cron: str) -> str:
    """Velero accepts a time zone before the fields."""
    first, _, rest = cron.strip().partition(" ")
    return rest if first.startswith(("CRON_TZ=", "TZ=")) else cron


RULE = StackRule(
    id="E11",
    name="backups",
    level=Level.ADVISORY,
    severity=Severity.MEDIUM,
    summary="Every volume that holds data states how it is backed up, or why not.",
    remedy="set volumes.<volume>.backup of its group to a schedule and a tool, or to none with a reason",
    elsewhere=f"label a container {BACKUPS}: <volume>: <schedule> by <means>, or <volume>: none, <reason>",
    on_cluster=f"annotate the pod that mounts it {_VELERO}, or it {VOLUME_KIND}: scratch",
    sources=("Kyverno backup-all-volumes", "Kyverno validate-cron-schedule"),
    reads=(
        "volumes.name", "volumes.labels", "volumes.copied", "containers.labels", "pods.pod_annotations", "pods.volumes",
        "schedules.cron",
    ),
    check=_check,
)  # fmt: skip
