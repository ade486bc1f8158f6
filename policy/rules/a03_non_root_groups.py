"""A03: a container runs with no root group."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.source.redaction import shown
from policy.core.parsing.users import group_id, user_id
from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import DOCKER, KUBERNETES, ContainerView

_ROOT = (0, "root")
_WHY = "so it can access files of the root group in the image and its volumes"


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    if container.user is not None and group_id(container.user) in _ROOT:
        yield Finding("user", f"user {shown(container.user)} has group 0, {_WHY}")
    for group in container.groups:
        if user_id(group) in _ROOT:
            yield Finding("groups", f"groups holds {shown(group)}, {_WHY}")


RULE = ContainerRule(
    id="A03",
    name="non-root-groups",
    level=Level.ADVISORY,
    severity=Severity.MEDIUM,
    summary="A container has no root group, whether primary, supplementary or fsGroup.",
    remedy="set containers.<name>.hardening.run_as to uid:gid, both above 10000",
    elsewhere="set its user to uid:gid, both above 10000, and drop group 0",
    on_cluster="set runAsGroup, fsGroup and supplementalGroups to groups above 10000",
    sources=("KSV-0116", "Kyverno require-non-root-groups"),
    exception="run_as",
    targets=(DOCKER, KUBERNETES),
    reads=("user", "groups"),
    each=("groups",),
    check=_check,
)
