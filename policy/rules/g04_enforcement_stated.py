"""G04: a GPU budget says what holds the container to it.

On a cluster the word is held against what the container asks for: exclusive is a whole device, MPS a shared one, and
HAMi caps an amount of memory.
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
        problem = f"label {GPU_ENFORCEMENT} is not set, so nobody knows whether anything caps its GPU memory"
    elif enforcement not in _KNOWN:
        problem = f"label {GPU_ENFORCEMENT} is {shown(enforcement)}, which caps nothing that is known"
    elif enforcement == "advisory" and settings["production"]:
        problem = f'label {GPU_ENFORCEMENT} is "advisory", so nothing stops it from taking its neighbours\' GPU memory'
    elif container.target == DOCKER and enforcement == "hami-core":
        problem = f'label {GPU_ENFORCEMENT} is "hami-core", which caps pods of a cluster, and no container of a daemon'
    elif container.target == KUBERNETES and (reason := _not_given(container, enforcement)):
        problem = f"label {GPU_ENFORCEMENT} is {shown(enforcement)}, but {reason}"
    else:
        return
    yield Finding(container.subject, "labels", problem)


def _not_given(container: ContainerView, enforcement: str) -> str | None:
    """Why a cluster does not give what the label says; None where nothing speaks against it."""
    asked = container.devices_asked
    whole = WHOLE in asked and AMOUNT not in asked
    if enforcement == "exclusive" and not whole:
        return f"it asks for {_words(asked)}, which others share"
    if enforcement == "mps" and whole:
        return f"it asks for {WHOLE} whole, which MPS does not serve; {SHARED} is what it shares out"
    if enforcement == "hami-core" and AMOUNT not in asked:
        return f"it asks for {_words(asked)} and no {AMOUNT}, so HAMi has no amount to hold it to"
    if enforcement == "mps" and not container.gpu:
        return "it asks for no GPU"
    return None


def _words(asked: Mapping[str, int]) -> str:
    return " and ".join(asked) or "no GPU"


RULE = ContainerRule(
    id="G04",
    name="enforcement-stated",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="A GPU budget says what enforces it; in production, something does.",
    remedy=f"set containers.<name>.gpu.enforcement to one of {', '.join(_KNOWN)}",
    elsewhere=f"set that label to one of {', '.join(_KNOWN)}",
    defaults={"production": False},
    targets=(DOCKER, KUBERNETES, CLOUDRUN),
    reads=("gpu", "labels", "args", "devices_asked"),
    check=_check,
)
