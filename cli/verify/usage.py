"""Checks the usage of a container against its requests and limits. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from cli.diagnostics.check import Check, good, unknown, wrong
from cli.diagnostics.fix_commands import Fixes
from cli.diagnostics.text import cores
from cli.verify.facts import LiveFacts, Use
from fleet.plan.planned_container import PlannedContainer
from fleet.text import mebibytes, thousands

_NEARLY_FULL = 0.95
"""Share of its memory limit at which a container is about to be killed."""


def use_checks(container: PlannedContainer, facts: LiveFacts, fixes: Fixes) -> Iterator[Check]:
    """`memory` and `cpu` of a running container."""
    use = facts.use.get(container.name)
    if use is not None:
        yield _memory(container, use, fixes)
        yield _cpu(container, use, fixes)


def _memory(container: PlannedContainer, use: Use, fixes: Fixes) -> Check:
    name, request, limit = container.name, container.memory_request_mib, container.memory_cap_mib
    if use.memory is None:
        return unknown(name, "memory", "the daemon does not report it", f"fleet doctor {fixes.deployment.stack}")
    used = mebibytes(use.memory)
    share = used / limit
    figure = f"{thousands(used)} MiB used, {thousands(request)} requested, limit {thousands(limit)}"
    brief = f"{thousands(used)} of {thousands(limit)} MiB"
    if share >= _NEARLY_FULL:
        fix = f"raise memory.limit of {container.group}; {fixes.docker('stats', '--no-stream', name)}"
        return wrong(name, "memory", f"{figure}: about to be killed", fix, brief, share)
    if used > request:
        figure += f"; {thousands(used - request)} MiB over its request"
    return good(name, "memory", figure, brief, share)


def _cpu(container: PlannedContainer, use: Use, fixes: Fixes) -> Check:
    name, request, limit = container.name, container.cpu_request_millicores, container.cpu_cap_millicores
    if use.cpu_millicores is None:
        return unknown(name, "cpu", "the daemon does not report it", fixes.docker("stats", "--no-stream", name))
    used = cores(use.cpu_millicores)
    figure = f"{used} CPUs used, {cores(request)} requested, limit {cores(limit)}"
    return good(name, "cpu", figure, f"{used} of {cores(limit)}", min(use.cpu_millicores / limit, 1.0))
