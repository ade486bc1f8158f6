"""F06: an environment variable is set once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from fleet.source.redaction import shown
from policy.core.checks import on_field
from policy.core.rule import ContainerRule, Level, Settings, Severity
from policy.views.container import ContainerView


def _problems(container: ContainerView, settings: Settings) -> Iterator[str]:
    for name, times in Counter(name for name, _ in container.env).items():
        if times > 1:
            yield f"env {shown(name)} is set {times} times, and programs differ in which value they use"


RULE = ContainerRule(
    id="F06",
    name="no-duplicate-env",
    level=Level.MANDATORY,
    severity=Severity.LOW,
    summary="An environment variable is set once in a container.",
    remedy="keep one of them under containers.<name>.env",
    elsewhere="keep one of them",
    sources=("KubeLinter duplicate-env-var", "kube-score container-duplicate-environment-variables"),
    **on_field("env", _problems, each=("env",)),
)
