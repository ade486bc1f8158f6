"""Volumes and host devices: what is mounted exists, and one writer means one."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.model import Fleet, Stack
from fleet.source.faults import Fault
from fleet.source.locations import Sources

WRITABLE_FOLDERS = ("/data", "/cache", "/content", "/logs", "/models", "/observability", "/scratch")
"""Folders that images/agent-host/Dockerfile makes writable for any user."""


def ensure_volumes_exist(fleet: Fleet, sources: Sources, known: frozenset[str]) -> Iterator[Fault]:
    """A mounted volume is declared by exactly one group of the machine, and each bind is somebody's volume."""
    for stack in fleet.stacks.values():
        complete = all(name in fleet.groups or name not in known for name in stack.groups)
        owners = _owners(fleet, stack)
        for volume, names in owners.items():
            if len(names) > 1:
                problem = f"{volume} is declared by {names[0]} too, on {stack.name}"
                remedy = "declare it once; the other group mounts it by name"
                yield sources.group_fault(names[1], ("volumes", volume), problem, remedy)
        for _, group, key, container in fleet.containers((stack,)):
            for volume in container.mounts:
                if volume not in owners and complete:
                    choice = ", ".join(sorted(owners)) or "none is declared there"
                    path = ("containers", key, "mounts", volume)
                    problem = f"{volume} is declared by no group on {stack.name}"
                    yield sources.group_fault(group.name, path, problem, f"declare it under volumes ({choice})")
        for volume in stack.machine.binds:
            if volume not in owners and complete:
                at = ("machine", "binds", volume)
                yield sources.stack_fault(
                    stack.name, at, f"{volume} is no volume of its groups", "remove it, or correct the name"
                )


def ensure_single_writers(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A volume for a single writer is mounted writable by one container."""
    for stack in fleet.stacks.values():
        single = {
            volume for group in fleet.placed(stack) for volume, spec in group.volumes.items() if spec.writers == "one"
        }
        writers: dict[str, str] = {}
        for _, group, key, container in fleet.containers((stack,)):
            for volume, mount in container.mounts.items():
                if volume not in single or mount.read_only:
                    continue
                first = writers.setdefault(volume, f"{group.name}.{key}")
                if first != f"{group.name}.{key}":
                    problem = f"{volume} takes one writer, and {first} writes it too"
                    path = ("containers", key, "mounts", volume)
                    yield sources.group_fault(
                        group.name, path, problem, "set read_only: true here, or give it a volume of its own"
                    )


def ensure_mounts_are_writable(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A new named volume belongs to root, but where the image has a folder whose mode it takes over."""
    for stack, group, key, container in fleet.containers(fleet.stacks.values()):
        for volume, mount in container.mounts.items():
            named = volume not in stack.machine.binds
            # What another image makes writable is its own affair.
            if container.has_agent_host and named and not mount.read_only and mount.path not in WRITABLE_FOLDERS:
                problem = f"{mount.path} could not be written: the image has no such folder for a new volume to follow"
                path = ("containers", key, "mounts", volume, "path")
                remedy = f"use one of {', '.join(WRITABLE_FOLDERS)}"
                yield sources.group_fault(group.name, path, problem, remedy)


def _owners(fleet: Fleet, stack: Stack) -> dict[str, list[str]]:
    owners: dict[str, list[str]] = {}
    for group in fleet.placed(stack):
        for volume in group.volumes:
            owners.setdefault(volume, []).append(group.name)
    return owners
