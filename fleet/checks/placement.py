"""Every group runs on exactly one machine of the fleet, and every agent once on its machine."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.checks.suitability import suited
from fleet.model import Fleet
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.suggest import did_you_mean
from fleet.text import thousands


def ensure_groups_have_one_home(fleet: Fleet, sources: Sources, known: frozenset[str]) -> Iterator[Fault]:
    """A stack names groups that exist; each group is on one machine, not on none and not on two."""
    homes: dict[str, list[str]] = {name: [] for name in fleet.groups}
    for stack in fleet.stacks.values():
        for index, name in enumerate(stack.groups):
            if name not in known:
                remedy = did_you_mean(name, known, "add its file under groups/, or drop the name")
                yield sources.stack_fault(stack.name, ("groups", index), f"{name} is no group", remedy)
            elif not stack.sandbox:
                homes.setdefault(name, []).append(stack.name)
    unread = sources.stacks.keys() - fleet.stacks.keys()
    for name, stacks in homes.items():
        if name in fleet.groups and not stacks and not unread and not fleet.groups[name].optional:
            yield sources.group_fault(
                name, (), "the group is on no machine", "name it under groups of one stack, or delete the file"
            )
        if len(stacks) > 1:
            index = fleet.stacks[stacks[1]].groups.index(name)
            where = ", ".join(stacks)
            yield sources.stack_fault(
                stacks[1], ("groups", index), f"{name} is on {len(stacks)} machines ({where})", "keep it on one"
            )


def ensure_needed_groups_are_placed(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """What a group of the fleet needs, as a peer or to start after, runs somewhere too."""
    for stack in fleet.members:
        for group in fleet.placed(stack):
            named = {"peers": group.peers, "start_after": group.start_after}
            for field, refs in named.items():
                for index, ref in enumerate(refs):
                    other = fleet.groups.get(ref.partition("/")[0])
                    if other is not None and other.optional and fleet.home_of(other.name) is None:
                        problem = f"{other.name} is on no machine, and {group.name} on {stack.name} needs it"
                        remedy = f"name {other.name} under groups of a stack, or drop it here"
                        yield sources.group_fault(group.name, (field, index), problem, remedy)


def ensure_machines_are_large_enough(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A group for larger machines is on one, but as a stand-in; the fault names what suits the machine better."""
    for stack in fleet.stacks.values():
        for group in fleet.placed(stack) if not stack.runs_stand_ins else ():
            above = group.machine_memory_above_mib
            if above is None or stack.machine.memory_mib > above:
                continue
            others = [other for other in fleet.groups.values() if other.system == group.system and other.optional]
            better = suited(stack.machine, others)
            has = f"{stack.name} has {thousands(stack.machine.memory_mib)} MiB"
            problem = f"{group.name} is for machines of more than {thousands(above)} MiB, and {has}"
            remedy = f"put {better.name} there, which suits it" if better else "put it on a larger machine"
            yield sources.group_fault(group.name, ("machine_memory_above",), problem, remedy)


def ensure_agents_are_unique(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """An agent's name is its address inside a machine, so it stands there once."""
    owners: dict[tuple[str, str], str] = {}
    for stack, group, key, container in fleet.containers(fleet.stacks.values()):
        here = f"{group.name}.{key}"
        for agent in container.agents:
            other = owners.setdefault((stack.name, agent), here)
            if other != here:
                path = ("containers", key, "agents", agent)
                problem = f"{agent} runs on {stack.name} twice (also in {other})"
                yield sources.group_fault(group.name, path, problem, "keep it in one container, or rename one")
