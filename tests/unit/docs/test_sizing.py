"""The sizing tables say what the groups' files say."""

from __future__ import annotations

from functools import cache

import pytest

from fleet.load.project import load_project
from fleet.model import ContainerGroup
from tests.unit.docs.markdown import ROOT, tables

SIZING = ROOT / "docs/sizing.md"
SYSTEMS = ("agentic-flow", "crank")


@cache
def groups() -> dict[str, ContainerGroup]:
    return {name: g for name, g in load_project(ROOT).fleet.groups.items() if g.system in SYSTEMS}


@cache
def shown() -> dict[str, dict[str, str]]:
    rows = [row for table in tables(SIZING) if "copies" in table[0] for row in table]
    return {row["group"]: row for row in rows}


def test_every_group_of_both_systems_has_a_row() -> None:
    assert shown().keys() == groups().keys()


@pytest.mark.parametrize("name", groups())
def test_a_row_says_what_the_groups_file_says(name: str) -> None:
    assert shown()[name] == row(groups()[name])


def row(group: ContainerGroup) -> dict[str, str]:
    """A group as the table shows it: per copy what is reserved to what is the cap, all containers together."""
    containers = group.containers.values()
    reserved = sum(c.memory.request_mib for c in containers), sum(c.cpu.request_millicores for c in containers)
    cap = sum(c.memory.cap_mib for c in containers), sum(c.cpu.limit_millicores for c in containers)
    one_writer = group.single_writer_volumes
    return {
        "group": group.name,
        "ports": ", ".join(str(port.port) for port in group.ports.values()),
        "memory": _span(_memory(reserved[0]), _memory(cap[0])),
        "CPUs": _span(f"{reserved[1] / 1000:g}", f"{cap[1] / 1000:g}"),
        "copies": _span(str(group.scaling.min), str(group.scaling.max)),
        "state": ", ".join(f"{key} (one writer)" if key in one_writer else key for key in group.volumes) or "none",
    }


def _span(least: str, most: str) -> str:
    return least if least == most else f"{least} to {most}"


def _memory(mib: int) -> str:
    return f"{mib} MiB" if mib % 1024 else f"{mib // 1024} GiB"
