"""Agents: each port that an agent claims belongs to its container, and no other agent claims it."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from fleet.model import Container, ContainerGroup, Fleet
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.source.requirements import read_requirement

_AGENT_HOST = "agent_host"
"""Package of the agent host in its image."""


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


def ensure_systems_hide_no_module(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """No system is named like a module that Python or its packages import: the agents' code is searched first."""
    for name, group in fleet.groups.items():
        package = group.system.replace("-", "_")
        for key, container in group.containers.items():
            if not (container.has_agent_host and _uses_default_module(container)):
                continue
            required = [read_requirement(text) for text in container.build.requirements] if container.build else []
            packages = {each.name.replace("-", "_") for each in required if each}
            if package in sys.stdlib_module_names | {_AGENT_HOST}:
                what = "a module of Python" if package != _AGENT_HOST else "the agent host's package"
            elif package in packages:
                what = "a package that it requires"
            else:
                continue
            problem = f"its folder's name {group.system} is also {what}, which its agents would hide or be hidden by"
            path = ("containers", key, "agents")
            yield sources.group_fault(name, path, problem, "rename the folder, or set module of each agent")
            break


def _uses_default_module(container: Container) -> bool:
    return any(not (spec.module or spec.script or spec.program) for spec in container.agents.values())


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
