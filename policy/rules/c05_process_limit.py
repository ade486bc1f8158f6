"""C05: the number of processes is limited.

The Docker provider has no pids limit, so the hard limit of ulimit `nproc` replaces it. It applies to all processes of a
user id on the host, not to one container: containers that share an id share the limit.
"""

from __future__ import annotations

from policy.core.checks import unless_capped
from policy.core.rule import ContainerRule, Level, Severity
from policy.views.container import DOCKER

_WHY = "so a fork bomb can fill the host's process table"


RULE = ContainerRule(
    id="C05",
    name="process-limit",
    level=Level.MANDATORY,
    severity=Severity.MEDIUM,
    summary="The number of processes is limited, by ulimit nproc since the provider has no pids limit.",
    remedy="set machine.process_limit to at most 32768",
    elsewhere="add ulimit nproc with a hard limit of at most 32768",
    sources=("CIS Docker 5.29", "KICS Pids Limit Not Set"),
    defaults={"at_most": 32768},
    targets=(DOCKER,),
    **unless_capped("process_limit", "nproc", _WHY, f", {_WHY}"),
)
