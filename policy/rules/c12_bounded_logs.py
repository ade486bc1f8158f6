"""C12: logs do not fill the disk."""

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
        what = "log_driver is not set, which means json-file without max-size on most daemons"
    yield Finding(container.subject, "log_bounded", f"{what}, so its log grows until the disk is full")


RULE = ContainerRule(
    id="C12",
    name="bounded-logs",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="A container's log on the host's disk is bounded in size, or written elsewhere.",
    remedy="set log driver json-file with max-size and max-file",
    sources=("CIS Docker 2.13",),
    targets=(DOCKER,),
    reads=("log_bounded",),
    check=_check,
)
