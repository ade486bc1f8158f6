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


def ensure_agent_hosts_have_agents(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A container of the agent host's image starts something: without agents, it would be healthy and idle."""
    for name, group in fleet.groups.items():
        for key, container in group.containers.items():
            if container.has_agent_host and not container.agents and not container.command:
                problem = "has neither agents nor a command, so that nothing would run"
                remedy = "add agents, or set image for a ready image"
                yield sources.group_fault(name, ("containers", key), problem, remedy)


def ensure_agents_are_started_once(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """No two agents of a group have one command: names that differ in spelling alone have one default module."""
    for name, group in fleet.groups.items():
        first: dict[tuple[str, ...], tuple[str, str, bool]] = {}
        for key, container in group.containers.items():
            for agent, spec in container.agents.items():
                command = spec.command(group.system, name, agent)
                is_default = not (spec.module or spec.script or spec.program)
                other, where, default = first.setdefault(command, (agent, key, is_default))
                # Written out, a module may run in several containers.
                if other != agent and (where == key or is_default or default):
                    path = ("containers", key, "agents", agent)
                    problem = f"is started as {' '.join(command[-3:])[:80]}, like {other}"
                    yield sources.group_fault(name, path, problem, "rename one, or set its module or args")


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
        return f"{port} is already claimed by {owners[port]}", "keep one of the two claims"
    return None
