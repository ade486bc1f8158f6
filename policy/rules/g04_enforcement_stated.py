"""G04: a GPU budget states what enforces it.

On a cluster it is compared with what the container requests: exclusive is a whole device, MPS a shared one, and HAMi
limits an amount of memory.
"""

from __future__ import annotations

from collections.abc import Mapping

from fleet.labels import GPU_ENFORCEMENT, GPU_LIMIT_MIB, GPU_REQUEST_MIB
from fleet.source.redaction import shown
from policy.core.checks import on_field
from policy.core.gpu.budgets import serves_others
from policy.core.gpu.pools import AMOUNT, SHARED, WHOLE_CARDS
from policy.core.rule import ContainerRule, Level, Settings, Severity
from policy.views.container import DOCKER, KUBERNETES, ContainerView

_KNOWN = ("advisory", "framework", "mps", "hami-core", "exclusive")


def _problem(container: ContainerView, settings: Settings) -> str | None:
    labels = container.labels
    if serves_others(container) or not (container.gpu or GPU_REQUEST_MIB in labels or GPU_LIMIT_MIB in labels):
        return None
    enforcement = labels.get(GPU_ENFORCEMENT)
    if enforcement is None:
        return f"label {GPU_ENFORCEMENT} is not set, so it is unknown whether anything limits its GPU memory"
    stated = f"label {GPU_ENFORCEMENT} is {shown(enforcement)}"
    if enforcement not in _KNOWN:
        return f"{stated}, which is not a known enforcement"
    if enforcement == "advisory" and settings["production"]:
        return f"{stated}, so nothing stops it from using GPU memory of others"
    if container.target == DOCKER and enforcement == "hami-core":
        return f"{stated}, which only works on a cluster"
    if container.target == KUBERNETES and (reason := _not_given(container, enforcement)):
        return f"{stated}, but {reason}"
    return None


def _not_given(container: ContainerView, enforcement: str) -> str | None:
    """Why the requested resources do not provide the enforcement; None if they do."""
    asked = container.devices_asked
    whole = AMOUNT not in asked and any(resource in asked for resource in WHOLE_CARDS)
    if enforcement == "exclusive" and not whole:
        return f"it requests {_words(asked)}, which others share"
    if enforcement == "mps" and whole:
        return f"it requests a whole {_words(asked)}, which MPS does not share; {SHARED} is shared"
    if enforcement == "hami-core" and AMOUNT not in asked:
        return f"it requests {_words(asked)} and no {AMOUNT}, so HAMi has no limit to enforce"
    if enforcement == "mps" and not container.gpu:
        return "it requests no GPU"
    return None


def _words(asked: Mapping[str, int]) -> str:
    return " and ".join(asked) or "no GPU"


RULE = ContainerRule(
    id="G04",
    name="enforcement-stated",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="A GPU budget states what enforces it; in production, it must be enforced.",
    remedy=f"set containers.<name>.gpu.enforcement to one of {', '.join(_KNOWN)}",
    elsewhere=f"set that label to one of {', '.join(_KNOWN)}",
    defaults={"production": False},
    **on_field("labels", _problem, "gpu", "args", "devices_asked"),
)
