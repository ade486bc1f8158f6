"""R10: a revision pins the versions of its secrets.

`latest` is resolved when an instance starts: a new version causes no rollout and cannot be rolled back.
"""

from __future__ import annotations

from fleet.source.redaction import shown
from policy.core.checks import on_entries
from policy.core.rule import Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.cloudrun import SecretUse


def _problem(secret: SecretUse, settings: Settings) -> str | None:
    version = shown(secret.version) if secret.version else "no version"
    what = f"secrets hold {shown(secret.name)} with {version}, so instances of one revision may use different values"
    return None if secret.version.isdecimal() else what


RULE = ResourceRule(
    id="R10",
    name="pinned-secrets",
    level=Level.ADVISORY,
    severity=Severity.MEDIUM,
    summary="A secret is pinned to a numbered version.",
    remedy="set its version under machine.cloud.secrets",
    elsewhere="set its version to a number",
    resources=(ResourceCheck(of="runs", **on_entries("secrets", _problem)),),
)
