"""E12: data is protected from deletion.

Covers claims of a cluster, and buckets, databases and services of a cloud. For Docker volumes nothing registered shows
which hold data and which are scratch.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.labels import VOLUME_KIND
from policy.core.checks import if_false
from policy.core.rule import Finding, Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.stack import VolumeView


def _check(volume: VolumeView, settings: Settings) -> Iterator[Finding]:
    if volume.in_cloud and not (volume.protected or volume.keeps_data):
        problem = "keeps_data is false, so its data is deleted with the stack, or by a change that replaces it"
        remedy = "set protect in its options, remove forceDestroy, or set deletionProtection"
        yield Finding("keeps_data", problem, remedy)
    if volume.is_claim and not volume.protected and volume.labels.get(VOLUME_KIND) != "scratch":
        problem = "protected is false, so its data is deleted with the stack, or by a change that replaces it"
        yield Finding("protected", problem)


_WITH_ITS_URL = ", so it can be deleted by mistake, with its URL"
_SET = "set deletion_protection of its group under machine.cloud.services"

RULE = ResourceRule(
    id="E12",
    name="protected-claims",
    level=Level.ADVISORY,
    severity=Severity.MEDIUM,
    summary="Resources that hold data or serve others are protected from deletion.",
    remedy=f"set protect in its options, or annotate it {VOLUME_KIND}: scratch",
    sources=("Cloud Foundation Fabric deletion_protection",),
    resources=(
        ResourceCheck(of="volumes", reads=("labels", "keeps_data"), check=_check),
        ResourceCheck(of="runs", **if_false("protected", _WITH_ITS_URL, _SET)),
    ),
)
