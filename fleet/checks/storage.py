"""Volumes: each mounted volume exists, is writable and has the number of writers it allows."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.model import MAIN, Fleet, Stack
from fleet.model.paths import within
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.source.redaction import shown

WRITABLE_FOLDERS = ("/data", "/cache", "/content", "/logs", "/models", "/observability", "/scratch")
"""Folders that images/agent-host/Dockerfile makes writable for any user."""


def ensure_volumes_exist(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """Exactly one group of the machine declares a mounted volume; each bind is a declared volume."""
    for stack in fleet.stacks.values():
        owners = _owners(fleet, stack)
        for volume, names in owners.items():
            if len(names) > 1:
                problem = f"{names[0]} on {stack.name} already declares {volume}"
                remedy = "declare it once; the other group mounts it by name"
                yield sources.group_fault(names[1], ("volumes", volume), problem, remedy)
        if any(name not in fleet.groups for name in stack.groups):
            # A group that is misspelt or could not be read may declare the rest.
            continue
        for _, group, key, container in fleet.containers((stack,)):
            for volume in container.mounts.keys() - owners.keys():
                problem = f"no group on {stack.name} declares {volume}"
                remedy = f"declare it under volumes ({', '.join(sorted(owners)) or 'none is declared there'})"
                yield sources.group_fault(group.name, ("containers", key, "mounts", volume), problem, remedy)
        for volume in stack.machine.binds.keys() - owners.keys():
            problem = f"none of its groups declares volume {volume}"
            yield sources.stack_fault(
                stack.name, ("machine", "binds", volume), problem, "remove it, or correct the name"
            )


def ensure_binds_are_separate(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """No volume's host folder is another's, inside another's, or holds the secrets."""
    for stack in fleet.stacks.values():
        binds, secrets = dict(stack.machine.binds), stack.machine.secrets_folder
        for volume, folder in binds.items():
            path = ("machine", "binds", volume)
            if within(folder, secrets) or within(secrets, folder):
                problem = f"{shown(folder)} overlaps secrets_folder ({secrets}): its group could read every secret"
                yield sources.stack_fault(stack.name, path, problem, "use another folder")
        # Sorted by parts, a folder comes right before those inside it.
        ordered = sorted(binds.items(), key=lambda item: item[1].split("/"))
        first, outer = "", None
        for volume, folder in ordered:
            if outer is None or not within(folder, outer):
                first, outer = volume, folder
            else:
                problem = f"{shown(folder)} is {'also' if folder == outer else 'inside'} the folder of {first}"
                path = ("machine", "binds", volume)
                yield sources.stack_fault(stack.name, path, problem, "give each volume its own folder")


def ensure_single_writers(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """One container at most mounts a single-writer volume writable, in any mode; one that runs first ends before."""
    for stack in fleet.stacks.values():
        single = {volume for group in fleet.placed(stack) for volume in group.single_writer_volumes}
        writers: dict[str, list[tuple[str, str]]] = {}
        first = {(g.name, key) for _, g, key, c in fleet.containers((stack,)) if c.once and key != MAIN}
        for _, group, key, container in fleet.containers((stack,)):
            for volume, mount in container.mounts.items():
                if volume not in single or mount.read_only:
                    continue
                others = writers.setdefault(volume, [])
                beside = (
                    f"{other}.{writer}"
                    for other, writer in others
                    if stack.run_together(other, group.name)
                    and (other != group.name or ((other, writer) in first) is ((other, key) in first))
                )
                if writer := next(beside, None):
                    path = ("containers", key, "mounts", volume)
                    problem = f"{volume} allows one writer, and {writer} already writes it"
                    remedy = "set read_only: true here, or use a separate volume"
                    yield sources.group_fault(group.name, path, problem, remedy)
                others.append((group.name, key))


def ensure_mounts_are_writable(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A new named volume belongs to root, unless the image has a folder at that path: it then takes its mode."""
    for stack, group, key, container in fleet.containers(fleet.stacks.values()):
        for volume, mount in container.mounts.items():
            named = volume not in stack.machine.binds
            # Folders of other images are their owners' responsibility.
            if container.has_agent_host and named and not mount.read_only and mount.path not in WRITABLE_FOLDERS:
                path = ("containers", key, "mounts", volume, "path")
                problem = f"a new volume at {mount.path} is not writable: the image has no such folder"
                remedy = f"use one of {', '.join(WRITABLE_FOLDERS)}"
                yield sources.group_fault(group.name, path, problem, remedy)


def _owners(fleet: Fleet, stack: Stack) -> dict[str, list[str]]:
    owners: dict[str, list[str]] = {}
    for group in fleet.placed(stack):
        for volume in group.volumes:
            owners.setdefault(volume, []).append(group.name)
    return owners
