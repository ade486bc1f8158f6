"""The dashboard of a stack: requests, latency, instances, errors and memory, with a line per group."""

from __future__ import annotations

import json
from collections.abc import Iterator

from components.cloudrun.resources.base import Object
from fleet.plan.deployment import Deployment

_WIDTH = 6
_HEIGHT = 4
_COLUMNS = 12
_SERVICES = 'resource.type="cloud_run_revision"'
_RUN = "run.googleapis.com"


def dashboard_text(deployment: Deployment, errors: str) -> str:
    """The dashboard as JSON with sorted keys; `errors` is the metric that counts them."""
    tiles = [
        {
            "xPos": index * _WIDTH % _COLUMNS,
            "yPos": index * _WIDTH // _COLUMNS * _HEIGHT,
            "width": _WIDTH,
            "height": _HEIGHT,
            "widget": widget,
        }
        for index, widget in enumerate(_widgets(deployment, errors))
    ]
    layout = {"columns": _COLUMNS, "tiles": [{k: v for k, v in tile.items() if v} for tile in tiles]}
    return json.dumps({"displayName": deployment.machine.title, "mosaicLayout": layout}, sort_keys=True)


def _widgets(deployment: Deployment, errors: str) -> Iterator[Object]:
    yield _chart("requests a second", f"{_RUN}/request_count", "ALIGN_RATE", "REDUCE_SUM")
    yield _chart("95 % of answers within, ms", f"{_RUN}/request_latencies", "ALIGN_PERCENTILE_95", "REDUCE_MAX")
    yield _chart("instances", f"{_RUN}/container/instance_count", "ALIGN_MAX", "REDUCE_SUM")
    yield _chart("errors a minute", f"logging.googleapis.com/user/{errors}", "ALIGN_DELTA", "REDUCE_SUM")
    yield _chart("memory in use", f"{_RUN}/container/memory/utilizations", "ALIGN_PERCENTILE_99", "REDUCE_MAX")
    if any(container.gpu for container in deployment.containers):
        yield _chart("GPU memory in use", f"{_RUN}/container/gpu/memory_utilizations", "ALIGN_PERCENTILE_99",
                     "REDUCE_MAX")  # fmt: skip


def _chart(title: str, metric: str, aligner: str, reducer: str) -> Object:
    query = {
        "timeSeriesFilter": {
            "filter": f'metric.type="{metric}" AND {_SERVICES}',
            "aggregation": {
                "alignmentPeriod": "60s",
                "perSeriesAligner": aligner,
                "crossSeriesReducer": reducer,
                "groupByFields": ["resource.label.service_name"],
            },
        }
    }
    return {
        "title": title,
        "xyChart": {
            "dataSets": [{"plotType": "LINE", "targetAxis": "Y1", "timeSeriesQuery": query}],
            "yAxis": {"scale": "LINEAR"},
        },
    }
