"""R12: traffic adds up to 100 percent, and a canary has its own URL."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.cloudrun_limits import limits
from policy.core.rule import Finding, Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.cloudrun import SERVICE, RunView

_ALL = 100


def _check(run: RunView, settings: Settings) -> Iterator[Finding]:
    if not run.traffic:
        return
    total = sum(share.percent for share in run.traffic)
    tags = [share.tag for share in run.traffic if share.tag]
    if total != _ALL:
        yield Finding("traffic", f"traffic adds up to {total} percent instead of {_ALL}")
    if any(not 0 <= share.percent <= _ALL for share in run.traffic):
        yield Finding("traffic", f"traffic holds a share that is not between 0 and {_ALL} percent")
    if len(tags) > limits().tags_max:
        yield Finding("traffic", f"traffic has {len(tags)} tags, but a region allows at most {limits().tags_max}")
    if twice := sorted({tag for tag in tags if tags.count(tag) > 1}):
        yield Finding("traffic", f"traffic has the tag {twice[0]} twice, but a tag is one URL")
    if run.kind == SERVICE and len(run.traffic) > 1 and not tags:
        problem = "traffic is split without a tag, so the canary cannot be tested by itself"
        yield Finding("traffic", problem, "set a tag on the canary")


RULE = ResourceRule(
    id="R12",
    name="traffic-adds-up",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="Traffic adds up to 100 percent, and a canary has a tag.",
    remedy="make the percentages of its traffic add up to 100",
    resources=(ResourceCheck(of="runs", reads=("traffic",), check=_check),),
)
