"""R01: nobody unknown may call a service.

Google's API has this in two versions, in three forms of a grant each, and as a switch of the service itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import Finding, Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.cloudrun import RunGrantView, RunView

_EVERYBODY = {"allUsers": "everybody", "allAuthenticatedUsers": "everybody with a Google account"}


def _check_grant(grant: RunGrantView, settings: Settings) -> Iterator[Finding]:
    for role, member in grant.pairs:
        if member in _EVERYBODY:
            problem = f'member is "{member}": {_EVERYBODY[member]} has {role or "the role"} on {grant.name}'
            yield Finding(grant.subject, "pairs", problem)


def _check_run(run: RunView, settings: Settings) -> Iterator[Finding]:
    if run.open_to_all:
        problem = "open_to_all is true (invokerIamDisabled), so nobody is asked who calls"
        yield Finding(
            run.subject, "open_to_all", problem, "drop it, and name who may call under invokers of the service"
        )


RULE = ResourceRule(
    id="R01",
    name="no-public-invoker",
    level=Level.MANDATORY,
    severity=Severity.CRITICAL,
    summary="Only named members may call a service, and none of them is everybody.",
    remedy="name service accounts, users or groups under machine.cloud.services.<group>.invokers",
    sources=("CKV_GCP_102",),
    resources=(
        ResourceCheck(of="run_grants", reads=("pairs",), each=("pairs",), check=_check_grant),
        ResourceCheck(of="runs", reads=("open_to_all",), check=_check_run),
    ),
)
