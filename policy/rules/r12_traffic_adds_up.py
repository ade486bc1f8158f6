"""R12: every request goes to a version, and one on trial can be looked at by itself."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.targets.cloudrun.limits import limits
from policy.core.rule import Finding, Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.cloudrun import SERVICE, RunView

_ALL = 100


def _check(run: RunView, settings: Settings) -> Iterator[Finding]:
    if not run.traffic:
        return
    total = sum(share.percent for share in run.traffic)
    tags = [share.tag for share in run.traffic if share.tag]
    if total != _ALL:
        yield Finding(run.subject, "traffic", f"traffic adds up to {total} percent, and must to {_ALL}")
    if any(not 0 <= share.percent <= _ALL for share in run.traffic):
        yield Finding(run.subject, "traffic", f"traffic holds a share that is not between 0 and {_ALL} percent")
    if len(tags) > limits().tags_max:
        yield Finding(
            run.subject, "traffic", f"traffic has {len(tags)} tags, and a region {limits().tags_max} at the most"
        )
    if twice := sorted({tag for tag in tags if tags.count(tag) > 1}):
        yield Finding(run.subject, "traffic", f"traffic has the tag {twice[0]} twice, and it is one address")
    if run.kind == SERVICE and len(run.traffic) > 1 and not tags:
        problem = "traffic is divided without a tag, so nobody can look at the version on trial by itself"
        yield Finding(run.subject, "traffic", problem, "give the version on trial a tag")


RULE = ResourceRule(
    id="R12",
    name="traffic-adds-up",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="The shares of requests add up to 100 percent, and a version on trial has a tag.",
    remedy="let the percents of its traffic add up to 100",
    resources=(ResourceCheck(of="runs", reads=("traffic",), check=_check),),
)
