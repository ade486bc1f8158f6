"""What changes when a group moves to another machine, computed from the files. Pure."""

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
from fleet.source.locations import NAMESPACE, Sources, config_path
from fleet.suggest import suggestion
from fleet.targets.features import Feature, Level
from fleet.targets.needs import needs
from fleet.targets.registry import target_of

_LEVELS = {Level.DOES: "supported", Level.CHANGES: "differs", Level.CANNOT: "unsupported"}
"""The words of `fleet capabilities`."""


class NoMoveError(UserError):
    """The requested move is impossible."""


@dataclass(frozen=True, slots=True)
class Move:
    """A group's move. sections: title -> changes; edits: lines to change; faults: of the fleet after the move."""

    group: str
    source: str | None
    target: str
    sections: Mapping[str, tuple[Row, ...]]
    edits: tuple[str, ...]
    faults: tuple[Fault, ...]


def plan_move(fleet: Fleet, sources: Sources, group: str, to: str) -> Move:
    """The move of a group of a valid fleet to a stack. Raises NoMoveError or UnknownStackError."""
    here, there = _ends(fleet, group, to)
    moved = _moved(fleet, group, here, there)
    after = moved.stacks[to]
    one = fleet.groups[group]
    sections = {
        "how the target handles it": tuple(_capability_rows(one, here, after, fleet, moved)),
        "addresses": tuple(_address_rows(fleet, moved, group)),
        "data": tuple(volume_rows(one, here, after)),
        "secrets": tuple(secret_rows(one, here, after)),
        "GPU memory": tuple(gpu_rows(one, here, after, fleet)),
        "capacity": tuple(room_rows(one, here, after, fleet)),
    }
    edits = tuple(_edits(one, here, there, sources))
    faults = tuple(check_fleet(moved, sources))
    return Move(group, here.name if here else None, to, MappingProxyType(sections), edits, faults)


def _ends(fleet: Fleet, group: str, to: str) -> tuple[Stack | None, Stack]:
    if group not in fleet.groups:
        msg = f'unknown group "{group}"; {suggestion(group, fleet.groups)}'
        raise NoMoveError(msg)
    if to not in fleet.stacks:
        raise UnknownStackError(to, fleet.stacks)
    there, here = fleet.stacks[to], fleet.home_of(group)
    if there.sandbox:
        msg = f"{to} is a sandbox, which only runs copies of groups; move {group} to a stack of the fleet"
        raise NoMoveError(msg)
    if here is there:
        msg = f"{group} already runs on {to}; choose another stack"
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
    """Features that both targets handle differently."""
    before = {feature for feature, _ in needs(group, here, fleet)} if here else set()
    after = {feature for feature, _ in needs(group, there, moved)}
    for feature in Feature:
        if feature not in before | after:
            continue
        was = target_of(here).capabilities[feature] if here and feature in before else None
        will = target_of(there).capabilities[feature]
        if feature not in after:
            yield Row(str(feature), _LEVELS[was.level] if was else "", "not used there")
        elif will != was and (will.level is not Level.DOES or (was and was.level is not Level.DOES)):
            yield Row(str(feature), _LEVELS[was.level] if was else "not used", _LEVELS[will.level], will.how)


def _address_rows(fleet: Fleet, moved: Fleet, group: str) -> Iterator[Row]:
    """Changed addresses: those of the group, and those that it uses."""
    before, after = _uses(fleet, group), _uses(moved, group)
    for key in sorted({*before, *after}):
        was, will = before.get(key), after.get(key)
        use = will or was
        old, new = (_address(one.endpoint, one.stack) if one else "not used" for one in (was, will))
        if use and old != new:
            yield Row(f"{use.endpoint.ref}, used by {use.group} on {use.stack.name}", old, new)


def _uses(fleet: Fleet, group: str) -> Mapping[tuple[str, str], Use]:
    """(user, endpoint) -> use, for those by or of a group."""
    book = AddressBook(fleet.members, fleet.groups)
    return {(u.group, u.endpoint.ref): u for u in book.uses if group in (u.group, u.endpoint.group)}


def _address(endpoint: Endpoint, seen_from: Stack) -> str:
    target, crosses = target_of(endpoint.stack), endpoint.stack.name != seen_from.name
    return (target.unreachable_text(endpoint) if crosses else "") or target.url(endpoint, seen_from)


def _edits(group: ContainerGroup, here: Stack | None, there: Stack, sources: Sources) -> Iterator[str]:
    """Lines to change; the first two are the move."""
    groups = f"{NAMESPACE}groups"
    if here:
        document = sources.stacks[here.name]
        line = document.line(config_path(("groups", here.groups.index(group.name))))
        yield f"{document.source}:{line}: remove {group.name} from {groups}"
    document = sources.stacks[there.name]
    line = document.line(config_path(("groups", len(there.groups) - 1)))
    yield f"{document.source}:{line}: add {group.name} to {groups}, after this line"
    yield from _left_behind(group.name, here, sources) if here else ()


def _left_behind(group: str, here: Stack, sources: Sources) -> Iterator[str]:
    """The group's other entries in the old stack's file."""
    document = sources.stacks[here.name]
    for entries in target_of(here).group_entries(here):
        if group in entries.by_group:
            path = (*entries.path, group)
            yield f"{document.source}:{document.line(config_path(path))}: remove {'.'.join(path)}"
