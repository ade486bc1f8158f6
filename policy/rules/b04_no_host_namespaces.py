"""B04: a container does not share the host's UTS, user or cgroup namespace."""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.views.container import DOCKER, ContainerView

_WHY = {
    "host_uts": "it can change the host name",
    "host_user_namespace": "its users are the host's, even if the daemon remaps users",
    "host_cgroup_namespace": "it sees the limits and names of all cgroups of the host",
}


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    for field, why in _WHY.items():
        if getattr(container, field):
            yield Finding(field, f"{field} is true, so {why}")


RULE = ContainerRule(
    id="B04",
    name="no-host-namespaces",
    level=Level.MANDATORY,
    severity=Severity.HIGH,
    summary="A container does not share the host's UTS, user or cgroup namespace.",
    remedy="remove the mode that is set to host",
    sources=(
        "CIS Docker 5.21", "CIS Docker 5.31", "KICS Cgroup Not Default",
        "Datadog dockercompose-shared-host-cgroup-namespace",
    ),
    targets=(DOCKER,),
    reads=tuple(_WHY),
    check=_check,
)  # fmt: skip
