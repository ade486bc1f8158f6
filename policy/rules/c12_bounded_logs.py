"""C12: log files are rotated."""

from __future__ import annotations

from policy.core.checks import on_field
from policy.core.rule import ContainerRule, Level, Settings, Severity
from policy.views.container import DOCKER, ContainerView


def _problem(container: ContainerView, settings: Settings) -> str | None:
    what = "is not set, which on most daemons means json-file"
    if container.log_driver:
        what = f'is "{container.log_driver}"'
    return None if container.log_bounded else f"log_driver {what} without max-size, so the log can fill the disk"


RULE = ContainerRule(
    id="C12",
    name="bounded-logs",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="A container's log has a maximum size on the host's disk, or is written elsewhere.",
    remedy="use log driver json-file with max-size and max-file",
    sources=("CIS Docker 2.13",),
    targets=(DOCKER,),
    **on_field("log_bounded", _problem),
)
