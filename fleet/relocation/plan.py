"""What changes when a group moves to another machine: worked out from the files, before anybody does it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from fleet.checks import check_fleet
from fleet.errors import UnknownStackError, UserError
from fleet.model import ContainerGroup, Fleet, Stack
from fleet.network.addresses import AddressBook, Endpoint, Use
from fleet.relocation.capacity import gpu_rows, room_rows
from fleet.relocation.data import secret_rows, volume_rows
from fleet.relocation.row import Row
from fleet.source.faults import Fault
from fleet.source.locations import NAMESPACE, Sources
from fleet.targets.features import Feature, Level
from fleet.targets.needs import needs
from fleet.targets.registry import target_of


class NoMoveError(UserError):
    """What is asked for is no move: the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Move:
    """A group's move. `sections`: what it is about -> what changes; `edits`: what to write where; `faults`: why the
    fleet would be refused afterwards."""

    group: str
    source: str | None
    target: str
    sections: Mapping[str, tuple[Row, ...]]
    edits: tuple[str, ...]
    faults: tuple[Fault, ...]


def plan_move(fleet: Fleet, sources: Sources, group: str, to: str) -> Move:
    """What changes when a group of a judged fleet moves to a stack. Raises NoMoveError, or UnknownStackError."""
    here, there = _ends(fleet, group, to)
    moved = _moved(fleet, group, here, there)
    after = moved.stacks[to]
    one = fleet.groups[group]
    sections = {
        "what the target makes of it": tuple(_capability_rows(one, here, after, fleet, moved)),
        "addresses": tuple(_address_rows(fleet, moved, group)),
        "data": tuple(volume_rows(one, here, after)),
        "secrets": tuple(secret_rows(one, here, after)),
        "GPU memory": tuple(gpu_rows(one, here, after, fleet)),
        "room": tuple(room_rows(one, here, after, fleet)),
    }
    faults = check_fleet(moved, sources)
    return Move(
        group,
        here.name if here else None,
        to,
        MappingProxyType(sections),
        tuple(_edits(one, here, there, sources)),
        tuple(faults),
    )


def _ends(fleet: Fleet, group: str, to: str) -> tuple[Stack | None, Stack]:
    if group not in fleet.groups:
        msg = f'"{group}" is no group; `fleet validate` counts them, and groups/ holds them'
        raise NoMoveError(msg)
    if to not in fleet.stacks:
        raise UnknownStackError(to, fleet.stacks)
    there, here = fleet.stacks[to], fleet.home_of(group)
    if there.sandbox:
        msg = f"{to} is a sandbox, which runs groups again and is no home of any; move it to a stack of the fleet"
        raise NoMoveError(msg)
    if here is there:
        msg = f"{group} runs on {to} already; name another stack"
        raise NoMoveError(msg)
    return here, there


def _moved(fleet: Fleet, group: str, here: Stack | None, there: Stack) -> Fleet:
    stacks = dict(fleet.stacks)
    if here:
        modes = {mode: tuple(n for n in groups if n != group) for mode, groups in here.modes.items()}
        groups = tuple(n for n in here.groups if n != group)
        stacks[here.name] = here.model_copy(update={"groups": groups, "modes": MappingProxyType(modes)})
    stacks[there.name] = there.model_copy(update={"groups": (*there.groups, group)})
    return replace(fleet, stacks=MappingProxyType(stacks))


def _capability_rows(
    group: ContainerGroup, here: Stack | None, there: Stack, fleet: Fleet, moved: Fleet
) -> Iterator[Row]:
    """Features that one of both targets changes or cannot do, and the other one treats differently."""
    before = {feature for feature, _ in needs(group, here, fleet)} if here else set()
    after = {feature for feature, _ in needs(group, there, moved)}
    for feature in Feature:
        if feature not in before | after:
            continue
        was = target_of(here).capabilities[feature] if here and feature in before else None
        will = target_of(there).capabilities[feature]
        if feature not in after:
            yield Row(str(feature), str(was.level) if was else "", "not asked for there")
        elif will != was and (will.level is not Level.DOES or (was and was.level is not Level.DOES)):
            yield Row(str(feature), str(was.level) if was else "not asked for", str(will.level), will.how)


def _address_rows(fleet: Fleet, moved: Fleet, group: str) -> Iterator[Row]:
    """Addresses that are not what they were: of the group for those who use it, and of what the group uses."""
    before, after = _uses(fleet, group), _uses(moved, group)
    for key in sorted({*before, *after}):
        was, will = before.get(key), after.get(key)
        use = will or was
        old, new = (_address(one.endpoint, one.stack) if one else "not used" for one in (was, will))
        if use and old != new:
            yield Row(f"{use.endpoint.ref}, used by {use.group} on {use.stack.name}", old, new)


def _uses(fleet: Fleet, group: str) -> Mapping[tuple[str, str], Use]:
    """User and endpoint -> their use, where the group is one of both."""
    book = AddressBook(fleet.members, fleet.groups)
    found = [use for use in book.uses if group in (use.group, use.endpoint.group)]
    return {(use.group, use.endpoint.ref): use for use in found}


def _address(endpoint: Endpoint, seen_from: Stack) -> str:
    home = endpoint.stack
    crosses = home.name != seen_from.name
    if crosses and home.machine.cluster and not endpoint.exposed_at:
        return f"only inside {home.name}"
    if crosses and not home.machine.cluster and not home.machine.cloud and endpoint.port.host_port is None:
        return f"only on {home.name}"
    return endpoint.url(seen_from)


def _edits(group: ContainerGroup, here: Stack | None, there: Stack, sources: Sources) -> Iterator[str]:
    """What to write where; the first two are the move."""
    groups = f"{NAMESPACE}groups"
    if here:
        document = sources.stacks[here.name]
        line = document.line(("config", groups, here.groups.index(group.name)))
        yield f"{document.source}:{line}: take {group.name} out of {groups}"
    document = sources.stacks[there.name]
    last = (len(there.groups) - 1,) if there.groups else ()
    yield f"{document.source}:{document.line(('config', groups, *last))}: add {group.name} to {groups}, after this line"
    yield from _left_behind(group.name, here, sources) if here else ()


def _left_behind(group: str, here: Stack, sources: Sources) -> Iterator[str]:
    """What else the old stack's file says of the group."""
    cluster, cloud = here.machine.cluster, here.machine.cloud
    exposed = cluster.entrance.exposed if cluster and cluster.entrance else {}
    places: Mapping[tuple[str, ...], Mapping[str, object]] = {
        ("rollouts",): here.rollouts,
        ("machine", "cluster", "entrance", "exposed"): exposed,
        ("machine", "cloud", "services"): cloud.services if cloud else {},
    }
    document = sources.stacks[here.name]
    for path, found in places.items():
        if group in found:
            line = document.line(("config", f"{NAMESPACE}{path[0]}", *path[1:], group))
            yield f"{document.source}:{line}: drop {'.'.join((*path, group))}"
