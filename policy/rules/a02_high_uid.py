"""A02: user and group ids are above those of a usual host."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.redaction import shown
from policy.core.parsing.users import group_id, user_id
from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import DOCKER, KUBERNETES, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    least = settings["above"]
    if container.user is None:
        if container.target == KUBERNETES:
            problem = "user is not set, so the image decides on the ids, and they may be a host user's"
            yield Finding(container.subject, "user", problem)
        return  # On Docker A01 says so.
    for what, number in (("uid", user_id(container.user)), ("gid", group_id(container.user))):
        if number is None:
            problem = f"user {shown(container.user)} names no group, so the image decides, and that may be group 0"
            yield Finding(container.subject, "user", problem)
        elif isinstance(number, str):
            problem = f"user {shown(container.user)} has a {what} that only the image knows; it may be a host user's"
            yield Finding(container.subject, "user", problem)
        elif number <= least:
            problem = f"user {shown(container.user)} has {what} {number}, which may belong to somebody on the host"
            yield Finding(container.subject, "user", problem)


RULE = ContainerRule(
    id="A02",
    name="high-uid",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="User and group ids are above 10000, where they belong to nobody on a usual host.",
    remedy="set containers.<name>.hardening.run_as to uid:gid, both above 10000",
    elsewhere="set its user to uid:gid, both above 10000",
    on_cluster="set runAsUser and runAsGroup in its pod's or its own security context, both above 10000",
    sources=("CKV_K8S_40", "KSV-0020", "KSV-0021", "kube-score container-security-context-user-group-id"),
    exception="run_as",
    defaults={"above": 10000},
    targets=(DOCKER, KUBERNETES),
    reads=("user",),
    check=_check,
)
