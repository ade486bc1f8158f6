"""R10: a revision pins the versions of its secrets.

`latest` is resolved when an instance starts: a new version causes no rollout and cannot be rolled back.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.redaction import shown
from policy.core.rule import Finding, Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.cloudrun import RunView


def _check(run: RunView, settings: Settings) -> Iterator[Finding]:
    for secret in run.secrets:
        if not secret.version.isdecimal():
            said = shown(secret.version) if secret.version else "no version"
            problem = (
                f"secrets hold {shown(secret.name)} with {said}, so instances of one revision may use different values"
            )
            yield Finding("secrets", problem)


RULE = ResourceRule(
    id="R10",
    name="pinned-secrets",
    level=Level.ADVISORY,
    severity=Severity.MEDIUM,
    summary="A secret is pinned to a numbered version.",
    remedy="set its version under machine.cloud.secrets",
    elsewhere="set its version to a number",
    resources=(ResourceCheck(of="runs", reads=("secrets",), each=("secrets",), check=_check),),
)
