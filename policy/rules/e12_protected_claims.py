"""E12: data is not deleted with what used it.

Judged of a cluster's claims. Of Docker's volumes nothing registered says which hold data and which are scratch.
"""

from __future__ import annotations

from collections.abc import Iterator

from policy.rule import Finding, Level, ResourceCheck, ResourceRule, Settings
from policy.stack import VolumeView

_KIND = "fleet.local/volume.kind"


def _check(volume: VolumeView, settings: Settings) -> Iterator[Finding]:
    if volume.is_claim and not volume.protected and volume.labels.get(_KIND) != "scratch":
        problem = "protected is false, so its data goes with the stack, or with a change that replaces it"
        yield Finding(volume.subject, "protected", problem)


RULE = ResourceRule(
    id="E12",
    name="protected-claims",
    level=Level.ADVISORY,
    summary="A claim that holds data is protected from deletion.",
    remedy=f"set protect in its options, or annotate it {_KIND}: scratch",
    sources=("Cloud Foundation Fabric deletion_protection",),
    resources=(ResourceCheck(of="volumes", reads=("labels",), check=_check),),
)
