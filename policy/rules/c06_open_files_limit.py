"""C06: the number of open files is limited.

Ulimit nofile, per process. C05 covers the number of processes. Pods and Cloud Run instances have no field for it.
"""

from __future__ import annotations

from policy.core.checks import unless_capped
from policy.core.rule import ContainerRule, Level, Severity
from policy.views.container import DOCKER

_WHY = ": a socket leak can exhaust the host before it ends the leaking process"


RULE = ContainerRule(
    id="C06",
    name="open-files-limit",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="The number of open files of a process is limited.",
    remedy="set containers.<name>.hardening.open_files to at most 1048576",
    elsewhere="add ulimit nofile with a hard limit of at most 1048576, and not above the daemon's own",
    sources=("CIS Docker 5.19", "CIS Docker 2.8"),
    defaults={"at_most": 1048576},
    targets=(DOCKER,),
    **unless_capped("open_files_limit", "nofile", f"so the daemon's default applies, often none{_WHY}", _WHY),
)
