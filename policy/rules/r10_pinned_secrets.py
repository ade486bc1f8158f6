"""R10: a revision says which version of a secret it reads.

`latest` is whichever there is when an instance starts: a new one rolls nothing out, and nothing can be rolled back.
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
                f"secrets hold {shown(secret.name)} with {said}, so instances of one revision may read different ones"
            )
            yield Finding(run.subject, "secrets", problem)


RULE = ResourceRule(
    id="R10",
    name="pinned-secrets",
    level=Level.ADVISORY,
    severity=Severity.MEDIUM,
    summary="A secret is read in a version that is a number.",
    remedy="set its version under machine.cloud.secrets",
    elsewhere="set its version to a number",
    resources=(ResourceCheck(of="runs", reads=("secrets",), each=("secrets",), check=_check),),
)
