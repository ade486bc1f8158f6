"""G04: a GPU budget states what enforces it.

On a cluster it is compared with what the container requests: exclusive is a whole device, MPS a shared one, and HAMi
limits an amount of memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fleet.labels import GPU_ENFORCEMENT, GPU_LIMIT_MIB, GPU_REQUEST_MIB
from fleet.redaction import shown
from policy.core.gpu.budgets import serves_others
from policy.core.gpu.pools import AMOUNT, SHARED, WHOLE
from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import CLOUDRUN, DOCKER, KUBERNETES, ContainerView

_KNOWN = ("advisory", "framework", "mps", "hami-core", "exclusive")


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    labels = container.labels
    if serves_others(container):
        return
    if not (container.gpu or GPU_REQUEST_MIB in labels or GPU_LIMIT_MIB in labels):
        return
    enforcement = labels.get(GPU_ENFORCEMENT)
    if enforcement is None:
        problem = f"label {GPU_ENFORCEMENT} is not set, so it is unknown whether anything limits its GPU memory"
    elif enforcement not in _KNOWN:
        problem = f"label {GPU_ENFORCEMENT} is {shown(enforcement)}, which is not a known enforcement"
    elif enforcement == "advisory" and settings["production"]:
        problem = f'label {GPU_ENFORCEMENT} is "advisory", so nothing stops it from using GPU memory of others'
    elif container.target == DOCKER and enforcement == "hami-core":
        problem = f'label {GPU_ENFORCEMENT} is "hami-core", which only works on a cluster'
    elif container.target == KUBERNETES and (reason := _not_given(container, enforcement)):
        problem = f"label {GPU_ENFORCEMENT} is {shown(enforcement)}, but {reason}"
    else:
        return
    yield Finding("labels", problem)


def _not_given(container: ContainerView, enforcement: str) -> str | None:
    """Why the requested resources do not provide the enforcement; None if they do."""
    asked = container.devices_asked
    whole = WHOLE in asked and AMOUNT not in asked
    if enforcement == "exclusive" and not whole:
        return f"it requests {_words(asked)}, which others share"
    if enforcement == "mps" and whole:
        return f"it requests a whole {WHOLE}, which MPS does not share; {SHARED} is shared"
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
    targets=(DOCKER, KUBERNETES, CLOUDRUN),
    reads=("gpu", "labels", "args", "devices_asked"),
    check=_check,
)
