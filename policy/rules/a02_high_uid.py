"""A02: user and group ids are above those that hosts usually assign."""

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
            problem = "user is not set, so the image decides on the ids, which may belong to a user of the host"
            yield Finding("user", problem)
        return  # On Docker, A01 reports it.
    for what, number in (("uid", user_id(container.user)), ("gid", group_id(container.user))):
        if number is None:
            problem = f"user {shown(container.user)} has no group, so the image decides, and it may be group 0"
            yield Finding("user", problem)
        elif isinstance(number, str):
            problem = f"user {shown(container.user)} has a {what} given by name, which may map to a user of the host"
            yield Finding("user", problem)
        elif number <= least:
            problem = f"user {shown(container.user)} has {what} {number}, which may belong to a user of the host"
            yield Finding("user", problem)


RULE = ContainerRule(
    id="A02",
    name="high-uid",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="User and group ids are above 10000, so that they match no user of the host.",
    remedy="set containers.<name>.hardening.run_as to uid:gid, both above 10000",
    elsewhere="set its user to uid:gid, both above 10000",
    on_cluster="set runAsUser and runAsGroup above 10000 in the pod's or container's security context",
    sources=("CKV_K8S_40", "KSV-0020", "KSV-0021", "kube-score container-security-context-user-group-id"),
    exception="run_as",
    defaults={"above": 10000},
    targets=(DOCKER, KUBERNETES),
    reads=("user",),
    check=_check,
)
