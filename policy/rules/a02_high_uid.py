"""A02: user and group ids are above those that hosts usually assign."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.source.redaction import shown
from policy.core.checks import on_field
from policy.core.parsing.users import group_id, user_id
from policy.core.rule import ContainerRule, Level, Settings, Severity
from policy.views.container import DOCKER, KUBERNETES, ContainerView


def _problems(container: ContainerView, settings: Settings) -> Iterator[str]:
    if container.user is None:
        if container.target == KUBERNETES:
            yield "user is not set, so the image decides on the ids, which may belong to a user of the host"
        return  # On Docker, A01 reports it.
    user = f"user {shown(container.user)}"
    for what, number in (("uid", user_id(container.user)), ("gid", group_id(container.user))):
        if number is None:
            yield f"{user} has no group, so the image decides, and it may be group 0"
        elif isinstance(number, str):
            yield f"{user} has a {what} given by name, which may map to a user of the host"
        elif number <= settings["above"]:
            yield f"{user} has {what} {number}, which may belong to a user of the host"


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
    **on_field("user", _problems),
)
