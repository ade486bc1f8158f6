"""Which containers a change stops and starts, in which order and for how long."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from cli.diff.model import Effect, Kind, ResourceChange, Restart
from cli.diff.resources import Plan, Resource
from cli.diff.verdicts import rolls

HOW = (
    "at most, from the stop grace and start period of each group; a wave takes as long as its slowest container, "
    "and an elastic group is assumed at its minimum of copies"
)
"""How the durations are estimated."""

_DOCKER = "docker:index/container:Container"
_GO_DURATION = re.compile(r"(\d+)(h|m|s)(?![a-z])")
_UNIT_S = {"h": 3600, "m": 60, "s": 1}
_WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "Job")
_INSTANCES = ("Service", "WorkerPool", "Job")
_CLOUD_STOP_S = 10
"""Seconds between SIGTERM and SIGKILL on Cloud Run; cloud.google.com/run/docs/container-contract, read 2026-11-21."""

_REMOVED_WAVE = -1
_EFFECTS = {Kind.ADDED: Effect.STARTS, Kind.REMOVED: Effect.STOPS, Kind.REPLACED: Effect.RECREATED}


def restarts(
    changes: Sequence[ResourceChange], before: Mapping[str, Resource], after: Mapping[str, Resource], plan: Plan
) -> tuple[Restart, ...]:
    """Every container, pod or instance that stops or starts. before, after: by name; plan: has the waves."""
    waves = {group["name"]: group["wave"] for group in plan["groups"]}
    copies = {group["name"]: group.get("copies", {}).get("least", 1) for group in plan["groups"]}
    restarting = []
    for change in changes:
        if not is_workload(change.type):
            continue
        least = copies.get(change.group or "", 1)
        old, new = before.get(change.name), after.get(change.name)
        effect = _effect(change, new, least)
        if effect is None:
            continue
        stop_s = _stop_s(old) if old else 0
        start_s = _start_s(new) if new else 0
        # GPU sharing belongs to no group and starts first.
        wave = _REMOVED_WAVE if effect is Effect.STOPS else waves.get(change.group or "", 0)
        why = change.why or tuple(field.path for field in change.fields)
        rounds = _rounds(new, least) if new and effect is not Effect.STOPS else 1
        restarting.append(Restart(change.name, change.group, wave, effect, stop_s, start_s, why, rounds))
    return tuple(sorted(restarting, key=lambda restart: (restart.wave, restart.container)))


def is_workload(type_: str) -> bool:
    """Whether a resource runs containers."""
    kind = type_.rpartition(":")[2]
    of_cluster = type_.startswith(("kubernetes:apps/", "kubernetes:batch/")) and kind in _WORKLOADS
    return type_ == _DOCKER or of_cluster or (type_.startswith("gcp:cloudrunv2/") and kind in _INSTANCES)


def _effect(change: ResourceChange, new: Resource | None, copies: int) -> Effect | None:
    if change.kind in _EFFECTS:
        return _EFFECTS[change.kind]
    if not rolls(change.type, [field.path for field in change.fields]):
        return None
    return Effect.RECREATED if new and _stops_first(new, copies) else Effect.ROLLED


def _stops_first(resource: Resource, copies: int) -> bool:
    """Whether an update stops every copy before a successor is ready."""
    spec = resource.inputs.get("spec", {})
    strategy = spec.get("strategy", {}) if isinstance(spec, Mapping) else {}
    unavailable = int(strategy.get("rollingUpdate", {}).get("maxUnavailable", 0))
    stateful = resource.type.endswith(":StatefulSet")
    return stateful or strategy.get("type") == "Recreate" or unavailable >= copies


def _rounds(resource: Resource, copies: int) -> int:
    """Batches in which an update replaces the copies."""
    if resource.type.endswith(":StatefulSet"):
        return copies
    spec = resource.inputs.get("spec", {}) if resource.type.startswith("kubernetes:apps/") else {}
    rolling = spec.get("strategy", {}).get("rollingUpdate")
    return -(-copies // max(1, rolling["maxSurge"] + rolling["maxUnavailable"])) if rolling else 1


def _stop_s(resource: Resource) -> int:
    if resource.type == _DOCKER:
        return int(resource.inputs.get("destroyGraceSeconds") or 0)
    if resource.type.startswith("gcp:"):
        return _CLOUD_STOP_S
    return int(_pod(resource.inputs).get("terminationGracePeriodSeconds", 30))


def _start_s(resource: Resource) -> int:
    inputs = resource.inputs
    if resource.type == _DOCKER:
        duration = str((inputs.get("healthcheck") or {}).get("startPeriod", "0s"))
        return sum(int(number) * _UNIT_S[unit] for number, unit in _GO_DURATION.findall(duration))
    pod = inputs.get("template") or {} if resource.type.startswith("gcp:") else _pod(inputs)
    containers = pod.get("containers") or (pod.get("template") or {}).get("containers") or []
    return max((_probe_s(container.get("startupProbe") or {}) for container in containers), default=0)


def _pod(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    pod: Mapping[str, Any] = inputs.get("spec", {}).get("template", {}).get("spec", {})
    return pod


def _probe_s(probe: Mapping[str, Any]) -> int:
    """Longest start that a startup probe allows."""
    delay = int(probe.get("initialDelaySeconds", 0))
    return delay + int(probe.get("periodSeconds", 10)) * int(probe.get("failureThreshold", 3)) if probe else 0
