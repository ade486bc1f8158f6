"""Agents: the ports each says it listens on are its container's, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.model import ContainerGroup, Fleet
from fleet.source.faults import Fault
from fleet.source.locations import Sources


def ensure_agents_claim_ports_of_their_own(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A port that an agent claims is declared by its group for its container, and claimed once."""
    for name, group in fleet.groups.items():
        takers: dict[str, str] = {}
        for key, container in group.containers.items():
            for agent, described in container.agents.items():
                for index, port in enumerate(described.ports):
                    if found := _problem(group, key, agent, port, takers):
                        yield sources.group_fault(name, ("containers", key, "agents", agent, "ports", index), *found)


def _problem(group: ContainerGroup, key: str, agent: str, port: str, takers: dict[str, str]) -> tuple[str, str] | None:
    """What is wrong with a claim, and the way out; a good one is entered into `takers`."""
    mine = [name for name, declared in group.ports.items() if declared.container == key]
    there = f"use {' or '.join(mine)}, or " if mine else ""
    if port not in group.ports:
        return f'"{port}" is no port of the group', f"{there}add ports.{port} with container: {key}"
    if port not in mine:
        owner = group.ports[port].container
        return f"{port} is a port of container {owner}", f"{there}set ports.{port}.container to {key}"
    if port in takers:
        who = "this agent" if takers[port] == agent else takers[port]
        return f"{port} is claimed by {who} already", "one agent listens on a port: keep one of the two"
    takers[port] = agent
    return None
