"""What is watched: that services answer from outside, their errors, their latency, how near they are to their limit."""

from __future__ import annotations

from collections.abc import Iterator

from components.cloudrun.resources.base import (
    CloudResource,
    Object,
    Part,
    api_key,
    cloud_of,
    project_of,
    run_key,
)
from components.cloudrun.resources.dashboard import dashboard_text
from components.cloudrun.resources.platform import CHANNEL
from components.cloudrun.resources.workload import front_host, is_watched
from components.listing import Ref
from fleet.model.cloud import Kind, Observation
from fleet.plan.deployment import Deployment, PlannedGroup

_MINUTE = "60s"
_CLOSED_AFTER = "1800s"
_NEAR = 0.9
"""Part of its instances above which a service is near its limit."""
_RESOURCES = '(resource.type="cloud_run_revision" OR resource.type="cloud_run_worker_pool")'
_SERVICES = 'resource.type="cloud_run_revision"'


def observability(deployment: Deployment) -> Iterator[CloudResource]:
    """Everything that watches a stack; nothing where it does not say who is told."""
    cloud = cloud_of(deployment)
    if cloud.observation is None:
        return
    hosts = [found for group in deployment.groups for found in _hosts(group, deployment)]
    for group, host, needs in hosts:
        yield _uptime(group, host, needs, deployment)
    yield _error_count(deployment)
    yield _errors(cloud.observation, deployment)
    yield _latency(cloud.observation, deployment)
    for group in deployment.groups:
        if cloud.service(group.name).kind is Kind.SERVICE:
            yield _near_limit(group, deployment)
    if hosts:
        yield _unreachable(deployment, tuple(_uptime_key(host) for _, host, _ in hosts))
    text = dashboard_text(deployment, _metric(deployment))
    args = {"dashboard_json": text, "project": project_of(deployment)}
    yield _made("dashboard", "monitoring.Dashboard", args, "errors-metric")


def _hosts(group: PlannedGroup, deployment: Deployment) -> Iterator[tuple[PlannedGroup, str, tuple[str, ...]]]:
    """Where a group answers from outside, and what must be there first."""
    cloud = cloud_of(deployment)
    if not is_watched(group, cloud):
        return
    host = front_host(group.name, cloud)
    if host:
        yield group, host, ("door-in",)
        return
    for region in cloud.regions:
        yield group, cloud.url(group.name, region).removeprefix("https://"), (run_key(group.name, region),)


def _uptime(group: PlannedGroup, host: str, needs: tuple[str, ...], deployment: Deployment) -> CloudResource:
    http = group.containers[0].health.http
    args = {
        "display_name": host,
        "project": project_of(deployment),
        "timeout": "10s",
        "period": _MINUTE,
        "monitored_resource": {
            "type": "uptime_url",
            "labels": {"host": host, "project_id": project_of(deployment)},
        },
        "http_check": {
            "path": http.path if http else "/",
            "port": 443,
            "use_ssl": True,
            "validate_ssl": True,
            "request_method": "GET",
            # Nobody calls a service without a name: the check has one, and may.
            "service_agent_authentication": {"type": "OIDC_TOKEN"},
        },
    }
    return _made(_uptime_key(host), "monitoring.UptimeCheckConfig", args, *needs)


def _uptime_key(host: str) -> str:
    return f"uptime-{host.replace('.', '-')}"


def _metric(deployment: Deployment) -> str:
    return f"{deployment.machine.name}-errors"


def _error_count(deployment: Deployment) -> CloudResource:
    args = {
        "name": _metric(deployment),
        "project": project_of(deployment),
        "description": "Errors in the logs of services and worker pools",
        "filter": f"{_RESOURCES} AND severity>=ERROR",
        "metric_descriptor": {"metric_kind": "DELTA", "value_type": "INT64", "unit": "1"},
    }
    return CloudResource(
        "errors-metric", "logging.Metric", args, part=Part.OBSERVABILITY, needs=(api_key("logging"), api_key("run"))
    )


def _errors(observation: Observation, deployment: Deployment) -> CloudResource:
    threshold = {
        "filter": f'metric.type="logging.googleapis.com/user/{_metric(deployment)}" AND {_SERVICES}',
        "comparison": "COMPARISON_GT",
        "threshold_value": float(observation.errors_per_minute),
        "duration": "0s",
        "aggregations": [
            {
                "alignment_period": _MINUTE,
                "per_series_aligner": "ALIGN_DELTA",
                "cross_series_reducer": "REDUCE_SUM",
                "group_by_fields": ["resource.label.service_name"],
            }
        ],
    }
    return _alert("errors", f"more than {observation.errors_per_minute} errors a minute", threshold, deployment,
                  "errors-metric")  # fmt: skip


def _latency(observation: Observation, deployment: Deployment) -> CloudResource:
    threshold = {
        "filter": f'metric.type="run.googleapis.com/request_latencies" AND {_SERVICES}',
        "comparison": "COMPARISON_GT",
        "threshold_value": float(observation.latency_ms),
        "duration": "300s",
        "aggregations": [
            {
                "alignment_period": _MINUTE,
                "per_series_aligner": "ALIGN_PERCENTILE_95",
                "cross_series_reducer": "REDUCE_MAX",
                "group_by_fields": ["resource.label.service_name"],
            }
        ],
    }
    return _alert("latency", f"95 % of answers take up to more than {observation.latency_ms} ms", threshold, deployment)


def _near_limit(group: PlannedGroup, deployment: Deployment) -> CloudResource:
    most = cloud_of(deployment).service(group.name).instances_max(group.operation.scaling.max)
    threshold = {
        "filter": (
            f'metric.type="run.googleapis.com/container/instance_count" AND {_SERVICES} '
            f'AND resource.labels.service_name="{group.name}"'
        ),
        "comparison": "COMPARISON_GT",
        # One of one is no news.
        "threshold_value": max(_NEAR * most, 1.0),
        "duration": "300s",
        "aggregations": [
            {
                "alignment_period": _MINUTE,
                "per_series_aligner": "ALIGN_MAX",
                "cross_series_reducer": "REDUCE_SUM",
                "group_by_fields": ["resource.label.location"],
            }
        ],
    }
    return _alert(f"{group.name}-near-limit", f"{group.name} is near its {most} instances", threshold, deployment)


def _unreachable(deployment: Deployment, checks: tuple[str, ...]) -> CloudResource:
    threshold = {
        "filter": 'metric.type="monitoring.googleapis.com/uptime_check/check_passed" AND resource.type="uptime_url"',
        "comparison": "COMPARISON_GT",
        "threshold_value": 1.0,
        "duration": "120s",
        "aggregations": [
            {
                "alignment_period": "1200s",
                "per_series_aligner": "ALIGN_NEXT_OLDER",
                "cross_series_reducer": "REDUCE_COUNT_FALSE",
                "group_by_fields": ["resource.label.host"],
            }
        ],
    }
    return _alert("unreachable", "a service does not answer from outside", threshold, deployment, *checks)


def _alert(key: str, title: str, threshold: Object, deployment: Deployment, *needs: str) -> CloudResource:
    args = {
        "display_name": f"{deployment.machine.title}: {title}",
        "project": project_of(deployment),
        "combiner": "OR",
        "conditions": [{"display_name": title, "condition_threshold": {**threshold, "trigger": {"count": 1}}}],
        "notification_channels": [Ref(CHANNEL)],
        "alert_strategy": {"auto_close": _CLOSED_AFTER},
    }
    return _made(f"alert-{key}", "monitoring.AlertPolicy", args, *needs)


def _made(key: str, kind: str, args: Object, *needs: str) -> CloudResource:
    return CloudResource(key, kind, args, part=Part.OBSERVABILITY, needs=(api_key("monitoring"), *needs))
