"""Every group runs on exactly one machine of the fleet, and every agent once on its machine."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.checks.suitability import suited
from fleet.model import Fleet
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.source.similar import closest
from fleet.suggest import did_you_mean
from fleet.text import thousands


def ensure_groups_have_one_home(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A stack names existing groups; each group runs on exactly one machine."""
    homes: dict[str, list[str]] = {name: [] for name in fleet.groups}
    for stack in fleet.stacks.values():
        for index, name in enumerate(stack.groups):
            if name not in sources.groups:
                remedy = did_you_mean(name, sources.groups, "add its file under groups/, or remove the name")
                yield sources.stack_fault(stack.name, ("groups", index), f"unknown group {name}", remedy)
            elif not stack.sandbox:
                homes.setdefault(name, []).append(stack.name)
    all_read = sources.stacks.keys() == fleet.stacks.keys()
    meant = _meant(fleet, sources)
    for name, stacks in homes.items():
        if name not in fleet.groups or fleet.groups[name].optional:
            pass
        elif all_read and not stacks and name not in meant:
            sandboxes = [stack.name for stack in fleet.stacks.values() if stack.sandbox and name in stack.groups]
            where = f"in a sandbox alone ({', '.join(sandboxes)})" if sandboxes else "on no machine"
            remedy = f"add it to groups of one stack, or {'set optional: true' if sandboxes else 'delete the file'}"
            yield sources.group_fault(name, (), f"the group runs {where}", remedy)
        if len(stacks) > 1:
            path = ("groups", fleet.stacks[stacks[1]].groups.index(name))
            problem = f"{name} runs on {len(stacks)} machines ({', '.join(stacks)})"
            yield sources.stack_fault(stacks[1], path, problem, "keep it on one")


def _meant(fleet: Fleet, sources: Sources) -> set[str]:
    """Groups that a stack may mean by an unknown name."""
    unknown = {name for stack in fleet.stacks.values() for name in stack.groups if name not in sources.groups}
    return {close for name in unknown for close in closest(name, sources.groups)}


def ensure_needed_groups_are_placed(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A group that another one needs, as a peer or to start after, runs somewhere."""
    placed = _meant(fleet, sources).union(*(stack.groups for stack in fleet.members))
    for stack in fleet.members:
        for group in fleet.placed(stack):
            for field, refs in {"peers": group.peers, "start_after": group.start_after}.items():
                for index, ref in enumerate(refs):
                    needed = fleet.groups.get(ref.partition("/")[0])
                    if needed is not None and needed.optional and needed.name not in placed:
                        problem = f"{needed.name} runs on no machine, but is needed on {stack.name}"
                        remedy = f"add {needed.name} to groups of a stack, or remove it here"
                        yield sources.group_fault(group.name, (field, index), problem, remedy)


def ensure_machines_are_large_enough(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """A group for larger machines runs on one, unless as a stand-in; the remedy names a group that fits better."""
    for stack in fleet.stacks.values():
        for group in fleet.placed(stack) if not stack.runs_stand_ins else ():
            minimum = group.machine_memory_above_mib
            if minimum is None or stack.machine.memory_mib > minimum:
                continue
            alternatives = [each for each in fleet.groups.values() if each.system == group.system and each.optional]
            better = suited(stack.machine, alternatives)
            memory = f"{stack.name} has {thousands(stack.machine.memory_mib)} MiB"
            problem = f"{group.name} needs a machine with more than {thousands(minimum)} MiB, but {memory}"
            remedy = f"run {better.name} there, which fits" if better else "move it to a larger machine"
            yield sources.group_fault(group.name, ("machine_memory_above",), problem, remedy)


def ensure_agents_are_unique(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """An agent's name is its address on a machine, so it is used once there in each mode."""
    owners: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for stack, group, key, container in fleet.containers(fleet.stacks.values()):
        for agent in container.agents:
            earlier = owners.setdefault((stack.name, agent), [])
            owner = next((where for other, where in earlier if stack.run_together(other, group.name)), None)
            earlier.append((group.name, f"{group.name}.{key}"))
            if owner:
                path = ("containers", key, "agents", agent)
                problem = f"{agent} runs twice on {stack.name} (also in {owner})"
                yield sources.group_fault(group.name, path, problem, "keep it in one container, or rename one")
