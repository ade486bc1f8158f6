"""What would make an update fail, found before it changes anything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from cli.diagnostics.check import Check
from cli.diagnostics.fix_commands import Fixes
from cli.doctor.read_state import read_state
from cli.doctor.state import backend_checks
from cli.judging import judge_deployment
from cli.terminal import Exit
from cli.view.findings_text import violations_text
from fleet.load.project import Project
from fleet.plan.deployment import Deployment
from fleet.targets.registry import profile
from fleet.text import plural


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a stack is not deployed."""

    exit: Exit
    text: str


def refusal(root: Path, project: Project, deployment: Deployment) -> Refusal | None:
    """Violations of mandatory policies, else obstacles. Raises UserError if no daemon answers."""
    judged = judge_deployment(project, deployment, date.today(), None)
    if judged.violated:
        return Refusal(Exit.POLICY_VIOLATED, violations_text(deployment.stack, judged, "nothing deployed"))
    if found := obstacles(root, deployment):
        head = f"{deployment.stack}: {plural(len(found), 'problem')} would stop the update; nothing deployed"
        return Refusal(Exit.UNHEALTHY, obstacles_text(head, found))
    return None


def obstacles(root: Path, deployment: Deployment) -> list[Check]:
    """The checks of `fleet doctor` at which an update is certain to fail. Raises UserError if no daemon answers."""
    if not profile(deployment.machine.target).has_daemon:
        return state_obstacles(root, deployment)
    from cli.diagnostics.connection import connected
    from cli.doctor.checks import doctor_checks
    from cli.doctor.read_daemon import read_machine

    with connected(deployment) as client:
        facts = read_machine(client, deployment, sizes=False)
    facts = replace(facts, state=read_state(root, deployment))
    return [check for check in doctor_checks(deployment, facts) if check.stops]


def state_obstacles(root: Path, deployment: Deployment) -> list[Check]:
    """What an interrupted update left in the state, without a look at the machine."""
    state = read_state(root, deployment)
    checks = backend_checks(deployment, state, Fixes(deployment)) if state else ()
    return [check for check in checks if check.stops]


def obstacles_text(head: str, found: Iterable[Check]) -> str:
    """A line for each, and the command that fixes it."""
    lines = (f"  {check.subject} {check.check}: {check.figure}\n    {check.fix}" for check in found)
    return "\n".join([head, *lines])
