"""How tests are spread over processes, which run only on request, and what a run ends with."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from tests.levels import REQUIRE, SECTIONS, required

# A slow machine is no fault of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

ROOT = Path(__file__).parent.parent
GROUPS = {
    "tests/checks/": "checks",
    "tests/docker/test_agent_host_image.py": "docker daemon",
    "tests/docker/test_tenants.py": "docker daemon",
    "tests/docker/test_verify.py": "docker daemon",
    "tests/docker/": "two machines",
    "tests/engine/test_cloud": "google",
    "tests/engine/test_cluster": "engine's control plane",
    "tests/engine/": "docker daemon",
    "tests/kubernetes/test_charts.py": "helm",
    "tests/kubernetes/": "control plane",
}
"""Start of a path -> what its tests share, the most specific first. All other tests share what their file sets up."""

LONGEST_FIRST = ("tests/docker", "tests/engine", "tests/kubernetes", "tests/checks", "tests/unit/cli", "tests/unit")
"""Order of folders. What is not named here runs last: a run should end with short tests, or one process waits."""


def group_of(file: str) -> str:
    """What a test file shares with others: its tests run in one process, so that a session fixture starts once."""
    return next((group for start, group in GROUPS.items() if file.startswith(start)), file)


class ByGroup(LoadScopeScheduling):
    """Gives whole groups to processes, in the order of collection."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid.partition("::")[0])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByGroup:
    """Schedules by group, whatever `--dist` names."""
    config.option.loadscopereorder = False
    return ByGroup(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts long tests first, and skips those of levels that only run on request."""
    for item in items:
        if item.get_closest_marker("explain") and not required("explain"):
            item.add_marker(pytest.mark.skip(reason=f"level explain: takes minutes; {REQUIRE}=explain runs it"))
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    file = item.path.relative_to(ROOT).as_posix()
    return next((rank for rank, start in enumerate(LONGEST_FIRST) if file.startswith(start)), len(LONGEST_FIRST))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hands a process's sections to the one that prints the summary."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["sections"] = session.config.stash.get(SECTIONS, {})


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Takes them; a process that crashed has none."""
    node.config.stash.setdefault(SECTIONS, {}).update(getattr(node, "workeroutput", {}).get("sections", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Prints the sections, and one line for each reason why tests were skipped."""
    for title, lines in config.stash.get(SECTIONS, {}).items():
        terminalreporter.section(title)
        for line in lines:
            terminalreporter.line(line)
    reasons = Counter(report.longrepr[2] for report in terminalreporter.stats.get("skipped", ()))
    for reason, count in reasons.items():
        terminalreporter.line(f"SKIPPED [{count}] {reason.removeprefix('Skipped: ')}")
