"""Uptime checks, and alerts on errors, latency and instance limits."""

from __future__ import annotations

from collections.abc import Iterator

from components.cloudrun.resources.base import (
    CloudResource,
    Object,
    Part,
    api_key,
    cloud_of,
    project_of,
    resource,
    run_key,
)
from components.cloudrun.resources.dashboard import dashboard_text
from components.cloudrun.resources.platform import CHANNEL
from components.cloudrun.resources.workload import front_host, is_watched
from components.listing import Ref
from fleet.model.cloud import Kind, Observation
from fleet.plan.deployment import Deployment, PlannedGroup

_MINUTE = "60s"
_NEAR = 0.9
"""Share of its maximum instances above which a service is near its limit."""
_SERVICES = 'resource.type="cloud_run_revision"'
_ERRORS_METRIC = "errors-metric"


def observability(deployment: Deployment) -> Iterator[CloudResource]:
    """Everything that watches a stack; nothing without `observation`, which names who receives alerts."""
    cloud = cloud_of(deployment)
    if cloud.observation is None:
        return
    metric = f"{deployment.machine.name}-errors"
    hosts = [found for group in deployment.groups for found in _hosts(group, deployment)]
    for group, host, needs in hosts:
        yield _uptime(group, host, needs, deployment)
    yield _error_count(metric, deployment)
    yield from _service_alerts(cloud.observation, metric, deployment)
    for group in deployment.groups:
        if cloud.service(group.name).kind is Kind.SERVICE:
            yield _near_limit(group, deployment)
    if hosts:
        yield _unreachable(deployment, [_uptime_key(host) for _, host, _ in hosts])
    args = {"dashboard_json": dashboard_text(deployment, metric)}
    yield _monitoring(deployment, "dashboard", "Dashboard", args, _ERRORS_METRIC)


def _hosts(group: PlannedGroup, deployment: Deployment) -> Iterator[tuple[PlannedGroup, str, str]]:
    """Each host that serves a group, and the key of the resource behind it."""
    cloud = cloud_of(deployment)
    if not is_watched(group, cloud):
        return
    if host := front_host(group.name, cloud):
        yield group, host, "door-in"
        return
    for region in cloud.regions:
        yield group, cloud.url(group.name, region).removeprefix("https://"), run_key(group.name, region)


def _uptime(group: PlannedGroup, host: str, needs: str, deployment: Deployment) -> CloudResource:
    http = group.containers[0].health.http
    args = {
        "display_name": host,
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
            # Services refuse anonymous callers; the monitoring service agent is an invoker.
            "service_agent_authentication": {"type": "OIDC_TOKEN"},
        },
    }
    return _monitoring(deployment, _uptime_key(host), "UptimeCheckConfig", args, needs)


def _uptime_key(host: str) -> str:
    return f"uptime-{host.replace('.', '-')}"


def _error_count(metric: str, deployment: Deployment) -> CloudResource:
    args = {
        "name": metric,
        "description": "Errors in the logs of services and worker pools",
        "filter": f'({_SERVICES} OR resource.type="cloud_run_worker_pool") AND severity>=ERROR',
        "metric_descriptor": {"metric_kind": "DELTA", "value_type": "INT64", "unit": "1"},
    }
    return resource(
        deployment, _ERRORS_METRIC, "logging.Metric", args, api_key("run"), api="logging", part=Part.OBSERVABILITY
    )


def _service_alerts(observation: Observation, metric: str, deployment: Deployment) -> Iterator[CloudResource]:
    errors, latency_ms = observation.errors_per_minute, observation.latency_ms
    by = "resource.label.service_name"
    threshold = {
        "filter": f'metric.type="logging.googleapis.com/user/{metric}" AND {_SERVICES}',
        "threshold_value": float(errors),
        "duration": "0s",
        "aggregations": _aggregation("ALIGN_DELTA", "REDUCE_SUM", by),
    }
    yield _alert("errors", f"more than {errors} errors a minute", threshold, deployment, _ERRORS_METRIC)
    threshold = {
        "filter": f'metric.type="run.googleapis.com/request_latencies" AND {_SERVICES}',
        "threshold_value": float(latency_ms),
        "duration": "300s",
        "aggregations": _aggregation("ALIGN_PERCENTILE_95", "REDUCE_MAX", by),
    }
    yield _alert("latency", f"95 % of answers take up to more than {latency_ms} ms", threshold, deployment)


def _near_limit(group: PlannedGroup, deployment: Deployment) -> CloudResource:
    most = cloud_of(deployment).service(group.name).instances_max(group.operation.scaling.max)
    threshold = {
        "filter": (
            f'metric.type="run.googleapis.com/container/instance_count" AND {_SERVICES} '
            f'AND resource.labels.service_name="{group.name}"'
        ),
        # No alert for one instance out of one.
        "threshold_value": max(_NEAR * most, 1.0),
        "duration": "300s",
        "aggregations": _aggregation("ALIGN_MAX", "REDUCE_SUM", "resource.label.location"),
    }
    return _alert(f"{group.name}-near-limit", f"{group.name} is near its {most} instances", threshold, deployment)


def _unreachable(deployment: Deployment, checks: list[str]) -> CloudResource:
    threshold = {
        "filter": 'metric.type="monitoring.googleapis.com/uptime_check/check_passed" AND resource.type="uptime_url"',
        "threshold_value": 1.0,
        "duration": "120s",
        "aggregations": _aggregation("ALIGN_NEXT_OLDER", "REDUCE_COUNT_FALSE", "resource.label.host", "1200s"),
    }
    return _alert("unreachable", "a service does not answer from outside", threshold, deployment, *checks)


def _aggregation(aligner: str, reducer: str, by: str, period: str = _MINUTE) -> list[Object]:
    return [
        {
            "alignment_period": period,
            "per_series_aligner": aligner,
            "cross_series_reducer": reducer,
            "group_by_fields": [by],
        }
    ]


def _alert(key: str, title: str, threshold: Object, deployment: Deployment, *needs: str) -> CloudResource:
    condition = {**threshold, "comparison": "COMPARISON_GT", "trigger": {"count": 1}}
    args = {
        "display_name": f"{deployment.machine.title}: {title}",
        "combiner": "OR",
        "conditions": [{"display_name": title, "condition_threshold": condition}],
        "notification_channels": [Ref(CHANNEL)],
        "alert_strategy": {"auto_close": "1800s"},
    }
    return _monitoring(deployment, f"alert-{key}", "AlertPolicy", args, *needs)


def _monitoring(deployment: Deployment, key: str, kind: str, args: Object, *needs: str) -> CloudResource:
    return resource(deployment, key, f"monitoring.{kind}", args, *needs, api="monitoring", part=Part.OBSERVABILITY)
