"""R02: a service runs as its own service account with few permissions.

Resources without an account share the compute default, which by default may edit the whole project.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.redaction import shown
from policy.core.rule import Finding, Level, ResourceCheck, ResourceRule, Settings, Severity
from policy.views.cloudrun import RunGrantView, RunView

_SHARED = ("-compute@developer.gserviceaccount.com", "@appspot.gserviceaccount.com", "@cloudbuild.gserviceaccount.com")


def _check_run(run: RunView, settings: Settings) -> Iterator[Finding]:
    account = run.service_account
    if account is None:
        problem = "service_account is not set, so it runs as the project's compute default account, shared with others"
        yield Finding("service_account", problem)
    elif account.endswith(_SHARED):
        yield Finding("service_account", f"service_account is {shown(account)}, which is shared with others")


def _check_grant(grant: RunGrantView, settings: Settings) -> Iterator[Finding]:
    for role, member in grant.pairs:
        if grant.kind == "Project" and role in settings["too_much"] and member.startswith("serviceAccount:"):
            problem = f"role {role} gives {shown(member)} more access to the project than a service needs"
            yield Finding("pairs", problem, "grant only the roles it needs, on the resources it needs")


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
        ResourceCheck(of="runs", reads=("service_account",), check=_check_run),
        ResourceCheck(of="run_grants", reads=("pairs",), each=("pairs",), check=_check_grant),
    ),
)  # fmt: skip
