"""C06: the number of open files is capped.

Ulimit nofile, of each process. The number of processes is C05's matter. A pod has no field for it, and an instance of
Cloud Run neither.
"""

from __future__ import annotations

from collections.abc import Iterator

from policy.core.rule import ContainerRule, Finding, Level, Settings, Severity
from policy.core.ulimits import uncapped
from policy.views.container import DOCKER, ContainerView


def _check(container: ContainerView, settings: Settings) -> Iterator[Finding]:
    why = "a leak of sockets takes from the whole host before it ends the program that has it"
    told = (f"so it is the daemon's own, often none: {why}", f": {why}")
    yield from uncapped(container, "open_files_limit", "nofile", settings["at_most"], told)


RULE = ContainerRule(
    id="C06",
    name="open-files-limit",
    level=Level.ADVISORY,
    severity=Severity.LOW,
    summary="The number of open files of a process is capped.",
    remedy="set containers.<name>.hardening.open_files, 1048576 at most",
    elsewhere="add ulimit nofile with a hard limit, 1048576 at most and not above the daemon's own",
    sources=("CIS Docker 5.19", "CIS Docker 2.8"),
    defaults={"at_most": 1048576},
    targets=(DOCKER,),
    reads=("open_files_limit",),
    check=_check,
)
