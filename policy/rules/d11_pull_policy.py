"""D11: the pull policy matches how the image is named."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.source.redaction import shown
from policy.core.parsing.images import parse_image
from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import KUBERNETES, ContainerView

_NEVER = "so a new node never pulls the image"


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    image = parse_image(container.image)
    if image is None:
        return
    is_latest = image.tag in ("", "latest") and not image.digest
    policy = container.pull_policy or ("Always" if is_latest else "IfNotPresent")
    what = f"pull_policy is {shown(policy)}{'' if container.pull_policy else ' by default'}"
    if image.digest and policy != "IfNotPresent":
        why = "but a digest never changes, so each pull is wasted" if policy == "Always" else _NEVER
        yield Finding("pull_policy", f"{what}, {why}", "set imagePullPolicy to IfNotPresent")
    elif not image.digest and policy != "Always":
        yield Finding("pull_policy", f"{what}, but a tag may change, so two nodes may run different images")


RULE = ContainerRule(
    id="D11",
    name="pull-policy",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="An image with a tag is pulled at each start, one with a digest only once.",
    remedy="add the digest under images.digests of the stack, or to containers.<name>.image.reference",
    elsewhere="add the digest, or set imagePullPolicy to Always",
    sources=("CKV_K8S_15",),
    targets=(KUBERNETES,),
    reads=("image", "pull_policy"),
    check=_check,
)
