"""Checks whether a machine can run a deployment. Pure."""

from __future__ import annotations

from cli.diagnostics.check import Check
from cli.diagnostics.fix_commands import Fixes
from cli.doctor.bases import base_checks
from cli.doctor.capacity import capacity_checks
from cli.doctor.daemon import daemon_checks
from cli.doctor.facts import MachineFacts
from cli.doctor.gpu import gpu_checks
from cli.doctor.host import host_checks
from cli.doctor.images import image_checks
from cli.doctor.names import name_checks
from cli.doctor.secrets import secret_checks
from cli.doctor.state import state_checks
from fleet.plan.deployment import Deployment


def doctor_checks(deployment: Deployment, facts: MachineFacts) -> list[Check]:
    """Every check of a machine, from the daemon outward."""
    fixes = Fixes(deployment)
    groups = (
        daemon_checks,
        capacity_checks,
        base_checks,
        image_checks,
        name_checks,
        state_checks,
        secret_checks,
        host_checks,
        gpu_checks,
    )
    return [check for checks in groups for check in checks(deployment, facts, fixes)]
