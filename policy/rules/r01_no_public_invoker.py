"""R01: a service is not callable by everyone.

Google's API has two versions, each with three forms of a grant, and a switch on the service itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.checks import if_true, on_field
from policy.core.rule import Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.cloudrun import RunGrantView

_EVERYBODY = {"allUsers": "everyone", "allAuthenticatedUsers": "everyone with a Google account"}
_UNAUTHENTICATED = " (invokerIamDisabled), so callers are not authenticated"
_LIST = "remove it, and list callers under invokers of the service"


def _problems(grant: RunGrantView, settings: Settings) -> Iterator[str]:
    for role, member in grant.pairs:
        if member in _EVERYBODY:
            yield f'member is "{member}": {_EVERYBODY[member]} has {role or "the role"} on {grant.name}'


RULE = ResourceRule(
    id="R01",
    name="no-public-invoker",
    level=Level.MANDATORY,
    severity=Severity.CRITICAL,
    summary="Only specific members may call a service, never everyone.",
    remedy="list service accounts, users or groups under machine.cloud.services.<group>.invokers",
    sources=("CKV_GCP_102",),
    resources=(
        ResourceCheck(of="run_grants", **on_field("pairs", _problems, each=("pairs",))),
        ResourceCheck(of="runs", **if_true("open_to_all", _UNAUTHENTICATED, _LIST)),
    ),
)
