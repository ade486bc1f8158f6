"""Judges a machine before a deployment: what must be there, what must be free, what could be better. Pure."""

from __future__ import annotations

from cli.diagnostics.check import Check
from cli.diagnostics.fix_commands import Mends
from cli.doctor.capacity import room_checks
from cli.doctor.daemon import daemon_checks
from cli.doctor.facts import MachineFacts
from cli.doctor.gpu import gpu_checks
from cli.doctor.host import host_checks
from cli.doctor.names import name_checks
from fleet.plan.deployment import Deployment


def doctor_checks(deployment: Deployment, facts: MachineFacts) -> list[Check]:
    """Every check of a machine, from the daemon outward."""
    mends = Mends.of(deployment)
    return [
        *daemon_checks(deployment, facts.daemon, mends),
        *room_checks(deployment, facts, mends),
        *name_checks(deployment, facts, mends),
        *host_checks(deployment, facts, mends),
        *gpu_checks(deployment, facts, mends),
    ]
