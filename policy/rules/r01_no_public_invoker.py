"""R01: a service is not callable by everyone.

Google's API has two versions, each with three forms of a grant, and a switch on the service itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import Finding, Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.cloudrun import RunGrantView, RunView

_EVERYBODY = {"allUsers": "everyone", "allAuthenticatedUsers": "everyone with a Google account"}


def _check_grant(grant: RunGrantView, settings: Settings) -> Iterator[Finding]:
    for role, member in grant.pairs:
        if member in _EVERYBODY:
            problem = f'member is "{member}": {_EVERYBODY[member]} has {role or "the role"} on {grant.name}'
            yield Finding("pairs", problem)


def _check_run(run: RunView, settings: Settings) -> Iterator[Finding]:
    if run.open_to_all:
        problem = "open_to_all is true (invokerIamDisabled), so callers are not authenticated"
        yield Finding("open_to_all", problem, "remove it, and list callers under invokers of the service")


RULE = ResourceRule(
    id="R01",
    name="no-public-invoker",
    level=Level.MANDATORY,
    severity=Severity.CRITICAL,
    summary="Only specific members may call a service, never everyone.",
    remedy="list service accounts, users or groups under machine.cloud.services.<group>.invokers",
    sources=("CKV_GCP_102",),
    resources=(
        ResourceCheck(of="run_grants", reads=("pairs",), each=("pairs",), check=_check_grant),
        ResourceCheck(of="runs", reads=("open_to_all",), check=_check_run),
    ),
)
