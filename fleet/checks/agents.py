"""Agents: each port that an agent claims belongs to its container, and no other agent claims it."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.model import ContainerGroup, Fleet
from fleet.source.faults import Fault
from fleet.source.locations import Sources


def ensure_agents_claim_ports_of_their_own(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A claimed port is declared by the group for the agent's container, and claimed once."""
    for name, group in fleet.groups.items():
        owners: dict[str, str] = {}
        for key, container in group.containers.items():
            for agent, spec in container.agents.items():
                for index, port in enumerate(spec.ports):
                    path = ("containers", key, "agents", agent, "ports", index)
                    if rejection := _rejection(group, key, agent, port, owners):
                        yield sources.group_fault(name, path, *rejection)
                    else:
                        owners[port] = agent


def _rejection(
    group: ContainerGroup, key: str, agent: str, port: str, owners: dict[str, str]
) -> tuple[str, str] | None:
    """Problem and remedy of an invalid claim."""
    own = [name for name, declared in group.ports.items() if declared.container == key]
    choice = f"use {' or '.join(own)}, or " if own else ""
    if port not in group.ports:
        return f'unknown port "{port}"', f"{choice}add ports.{port} with container: {key}"
    if port not in own:
        return (
            f"{port} belongs to container {group.ports[port].container}",
            f"{choice}set ports.{port}.container to {key}",
        )
    if port in owners:
        owner = "this agent" if owners[port] == agent else owners[port]
        return f"{port} is already claimed by {owner}", "keep one of the two claims"
    return None
