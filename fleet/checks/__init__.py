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


_CHECKS = _checks_of(*_MODULES)
_CHECKS_OF_TEXTS = _checks_of(characters, secrets)


def check_fleet(fleet: Fleet, sources: Sources) -> list[Fault]:
    """Every fault of a fleet. A group with an invalid file is in `sources` only, and is not reported as missing."""
    return merged_heirs(fault for check in _CHECKS for fault in check(fleet, sources))


def check_texts(fleet: Fleet, sources: Sources) -> list[Fault]:
    """The faults of texts, whatever key they are under: secrets and invisible characters."""
    return [fault for check in _CHECKS_OF_TEXTS for fault in check(fleet, sources)]
