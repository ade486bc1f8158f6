"""D11: a node pulls what the file names, and no more often than needed."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.redaction import shown
from policy.core.parsing.images import parse_image
from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import KUBERNETES, ContainerView

_NEVER = "so a new node never gets the image"


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    image = parse_image(container.image)
    if image is None:
        return
    is_latest = image.tag in ("", "latest") and not image.digest
    policy = container.pull_policy or ("Always" if is_latest else "IfNotPresent")
    what = f"pull_policy is {shown(policy)}{'' if container.pull_policy else ' by default'}"
    if image.digest and policy != "IfNotPresent":
        why = "but a digest never changes, so a node asks for nothing" if policy == "Always" else _NEVER
        yield Finding(container.subject, "pull_policy", f"{what}, {why}", "set imagePullPolicy to IfNotPresent")
    elif not image.digest and policy != "Always":
        problem = f"{what}, but a tag may change, so two nodes may run two programs"
        yield Finding(container.subject, "pull_policy", problem)


RULE = ContainerRule(
    id="D11",
    name="pull-policy",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="An image named by a tag is asked for at each start, one named by its digest is pulled once.",
    remedy="name its digest under images.digests of the stack, or in containers.<name>.image.reference",
    elsewhere="name the image with its digest, or set imagePullPolicy to Always",
    sources=("CKV_K8S_15",),
    targets=(KUBERNETES,),
    reads=("image", "pull_policy"),
    check=_check,
)
