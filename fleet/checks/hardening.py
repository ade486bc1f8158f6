"""Hardening over time and across containers: exceptions end, and clients of one MPS server share a user."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from fleet.checks.selection import containers
from fleet.model import Enforcement, Fleet
from fleet.source.faults import Fault
from fleet.source.locations import Sources
from fleet.targets.docker_budget import card_of


def ensure_exceptions_are_current(fleet: Fleet, sources: Sources, today: date) -> Iterator[Fault]:
    """An exception holds until its last day and not a day longer."""
    for name, group in fleet.groups.items():
        for key, container in group.containers.items():
            for field, exception in container.hardening.exceptions.items():
                if exception.until < today:
                    path = ("containers", key, "hardening", "exceptions", field, "until")
                    problem = f"the exception for {field} ended on {exception.until}"
                    yield sources.group_fault(
                        name, path, problem, f"harden {field} again, or decide anew and set a later day"
                    )


def ensure_mps_clients_share_a_user(fleet: Fleet, sources: Sources) -> Iterator[Fault]:
    """MPS as enforcement needs a card that MPS serves, and serves one user id only."""
    for stack, group, key, container in containers(fleet, fleet.members):
        budget = container.gpu
        card = card_of(stack.machine, budget) if budget else None
        if budget is None or card is None:
            continue
        mps = stack.machine.gpus[card].mps
        if budget.enforcement is Enforcement.MPS and mps is None:
            path = ("containers", key, "gpu", "enforcement")
            problem = f"mps, but {card} of {stack.name} has no MPS"
            remedy = f"set machine.gpus.{card}.mps, or enforcement: framework"
            yield sources.group_fault(group.name, path, problem, remedy)
        if mps is not None and container.hardening.run_as.uid != mps.uid:
            path = ("containers", key, "hardening", "run_as")
            problem = f"runs as {container.hardening.run_as.uid}, but MPS on {card} serves {mps.uid} only"
            yield sources.group_fault(group.name, path, problem, f"set run_as to {mps.uid}:{mps.uid}")
