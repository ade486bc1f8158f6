"""Checks of a whole fleet: functions named `ensure_*` that yield faults.

Every check runs, so that a user sees all faults at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import ModuleType

from fleet.checks import (
    agents,
    characters,
    environment,
    hardening,
    images,
    modes,
    names,
    networks,
    order,
    peers,
    placement,
    ports,
    secrets,
    storage,
    targets,
    tenants,
    waivers,
)
from fleet.model import Fleet
from fleet.source.faults import Fault, merged_heirs
from fleet.source.locations import Sources

_MODULES = (
    characters, placement, agents, environment, names, networks, ports, peers, tenants, order, targets, modes, storage,
    images, secrets, hardening, waivers,
)  # fmt: skip


def _checks_of(*modules: ModuleType) -> list[Callable[[Fleet, Sources], Iterable[Fault]]]:
    return [check for module in modules for name, check in vars(module).items() if name.startswith("ensure_")]


_OF_TEXTS = (characters, secrets)
_CHECKS_OF_TEXTS = _checks_of(*_OF_TEXTS)
_CHECKS_OF_VALUES = _checks_of(*(module for module in _MODULES if module not in _OF_TEXTS))


def check_fleet(fleet: Fleet, sources: Sources) -> list[Fault]:
    """Every fault of a fleet. A group with an invalid file is in `sources` only, and is not reported as missing."""
    return [*check_texts(fleet, sources), *check_values(fleet, sources)]


def check_texts(fleet: Fleet, sources: Sources) -> list[Fault]:
    """The faults of texts, whatever key they are under: secrets and invisible characters."""
    return merged_heirs(fault for check in _CHECKS_OF_TEXTS for fault in check(fleet, sources))


def check_values(fleet: Fleet, sources: Sources) -> list[Fault]:
    """The faults of values that do not fit each other."""
    return merged_heirs(fault for check in _CHECKS_OF_VALUES for fault in check(fleet, sources))
