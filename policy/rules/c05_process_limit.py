"""C05: the number of processes is capped.

The Docker provider has no pids limit, so the hard limit of ulimit `nproc` stands in for it. It counts the
processes of a user id on the whole host, not of one container: agents that share an id share the limit.
"""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.core.ulimits import uncapped
from policy.views.container import DOCKER, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    why = "so a fork bomb would take the host's process table"
    yield from uncapped(container, "process_limit", "nproc", settings["at_most"], (why, f", {why}"))


RULE = ContainerRule(
    id="C05",
    name="process-limit",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="The number of processes is capped, by ulimit nproc where the provider has no pids limit.",
    remedy="set machine.process_limit, 32768 at most",
    elsewhere="add ulimit nproc with a hard limit, 32768 at most",
    sources=("CIS Docker 5.29", "KICS Pids Limit Not Set"),
    defaults={"at_most": 32768},
    targets=(DOCKER,),
    reads=("process_limit",),
    check=_check,
)
