"""C12: log files are rotated."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import DOCKER, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    if container.log_bounded:
        return
    if container.log_driver:
        what = f'log_driver is "{container.log_driver}" without max-size'
    else:
        what = "log_driver is not set, which on most daemons means json-file without max-size"
    yield Finding("log_bounded", f"{what}, so the log can fill the disk")


RULE = ContainerRule(
    id="C12",
    name="bounded-logs",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="A container's log has a maximum size on the host's disk, or is written elsewhere.",
    remedy="use log driver json-file with max-size and max-file",
    sources=("CIS Docker 2.13",),
    targets=(DOCKER,),
    reads=("log_bounded",),
    check=_check,
)
