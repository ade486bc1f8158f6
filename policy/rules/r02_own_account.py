"""R02: a service runs as its own service account with few permissions.

Resources without an account share the compute default, which by default may edit the whole project.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.source.redaction import shown
from policy.core.checks import on_field
from policy.core.rule import Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.cloudrun import RunGrantView, RunView

_SHARED = ("-compute@developer.gserviceaccount.com", "@appspot.gserviceaccount.com", "@cloudbuild.gserviceaccount.com")


def _account_problem(run: RunView, settings: Settings) -> str | None:
    account = run.service_account
    if account is None:
        return "service_account is not set, so it runs as the project's compute default account, shared with others"
    return f"service_account is {shown(account)}, which is shared with others" if account.endswith(_SHARED) else None


def _grant_problems(grant: RunGrantView, settings: Settings) -> Iterator[str]:
    for role, member in grant.pairs:
        if grant.kind == "Project" and role in settings["too_much"] and member.startswith("serviceAccount:"):
            yield f"role {role} gives {shown(member)} more access to the project than a service needs"


_LESS = "grant only the roles it needs, on the resources it needs"


RULE = ResourceRule(
    id="R02",
    name="own-account",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="A service runs as its own account, without a broad role on the project.",
    remedy="set serviceAccount of its template to its own account",
    sources=("Cloud Foundation Fabric service_account",),
    defaults={
        "too_much": (
            "roles/owner", "roles/editor", "roles/viewer", "roles/resourcemanager.projectIamAdmin",
            "roles/iam.securityAdmin", "roles/iam.serviceAccountTokenCreator", "roles/iam.serviceAccountUser",
            "roles/iam.serviceAccountAdmin", "roles/iam.serviceAccountKeyAdmin", "roles/run.admin",
            "roles/storage.admin", "roles/secretmanager.admin",
        )
    },
    resources=(
        ResourceCheck(of="runs", **on_field("service_account", _account_problem)),
        ResourceCheck(of="run_grants", **on_field("pairs", _grant_problems, each=("pairs",), remedy=_LESS)),
    ),
)  # fmt: skip
