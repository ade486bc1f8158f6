"""Judges a machine before a deployment: what must be there, what must be free, what could be better. Pure."""

from __future__ import annotations

from cli.live.check import Check
from cli.live.doctor_daemon import daemon_checks
from cli.live.doctor_gpu import gpu_checks
from cli.live.doctor_host import host_checks
from cli.live.doctor_names import name_checks
from cli.live.doctor_room import room_checks
from cli.live.machine_facts import MachineFacts
from cli.live.mends import Mends
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
