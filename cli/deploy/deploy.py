"""Deploys and removes a stack from a bare checkout."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from cli.deploy.failure import failure_text
from cli.deploy.kept_data import Kept, ensure_nothing_kept_is_removed, kept_in, kept_text
from cli.deploy.preflight import obstacles_text, refusal, state_obstacles
from cli.interrupts import left_to
from cli.pulumi_cli import environment_of, installed
from cli.terminal import Exit, UserError, project_root
from fleet.load.project import load_project
from fleet.plan.deployment import Deployment
from fleet.plan.planner import plan_stack
from fleet.text import plural


def deploy(stack: str) -> Exit:
    """Deploys a stack. Before Pulumi runs, POLICY_VIOLATED for a mandatory policy and UNHEALTHY for what would stop the
    update; BUG if Pulumi fails."""
    root = project_root()
    project = load_project(root)
    deployment = plan_stack(project.fleet, stack)
    if refused := refusal(root, project, deployment):
        print(refused.text, file=sys.stderr)
        return refused.exit
    engine = _Engine(root, deployment)
    engine.select()
    ensure_nothing_kept_is_removed(engine.kept(), deployment)
    # Refreshed first: otherwise what was stopped, removed or changed by hand is taken for the deployed state. On its
    # own, since the policies of `up --refresh` judge what the update removes too, as if it stayed.
    with TemporaryDirectory() as folder:
        events = Path(folder) / "events"
        outcome = engine.run("refresh", "--skip-preview", "--event-log", str(events))
        if outcome is Exit.GOOD:
            outcome = engine.run("up", "--policy-pack", "policy", "--event-log", str(events))
        if outcome is not Exit.GOOD:
            print(failure_text(root, deployment, events), file=sys.stderr)
    return outcome


def remove(stack: str) -> Exit:
    """Removes a stack's containers, and lists the data it keeps. UNHEALTHY for what an interrupted update left in the
    state; BUG if Pulumi fails."""
    root = project_root()
    deployment = plan_stack(load_project(root).fleet, stack)
    if found := state_obstacles(root, deployment):
        head = f"{stack}: {plural(len(found), 'problem')} of the state; nothing removed"
        print(obstacles_text(head, found), file=sys.stderr)
        return Exit.UNHEALTHY
    engine = _Engine(root, deployment)
    engine.select()
    outcome = engine.run("destroy", "--exclude-protected")
    if outcome is Exit.GOOD and (text := kept_text(engine.kept(), deployment)):
        print(text)
    return outcome


class _Engine:
    """Pulumi, run for one stack of the project."""

    def __init__(self, root: Path, deployment: Deployment) -> None:
        self._root, self._stack = root, deployment.stack
        self._program = installed(root, deployment.stack)
        # The engine has --event-log only with this variable, as its own automation does.
        own = environment_of(root, sandbox=deployment.sandbox)
        self._environment = {**own, "PULUMI_DEBUG_COMMANDS": "true"}

    def select(self) -> None:
        """Selects the stack, which it creates if there is none."""
        self._captured("stack", "select", "--create", self._stack)

    def kept(self) -> list[Kept]:
        """Resources in the state that hold data."""
        return kept_in(self._captured("stack", "export", "--stack", self._stack))

    def run(self, command: str, *options: str) -> Exit:
        """Runs a command that changes the stack, with its output shown."""
        words = [self._program, command, "--stack", self._stack, "--yes", *options]
        # It saves its state on ^C, and must not be killed before.
        with subprocess.Popen(words, cwd=self._root, env=self._environment) as process, left_to(process):  # noqa: S603
            code = process.wait()
        return Exit.GOOD if code == 0 else Exit.BUG

    def _captured(self, *words: str) -> str:
        """Output of a command. Raises UserError with what it printed if it fails."""
        command = [self._program, *words]
        done = subprocess.run(  # noqa: S603
            command, cwd=self._root, env=self._environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            msg = f"{' '.join(words)} failed: {(done.stderr or done.stdout).strip()}"
            raise UserError(msg)
        return done.stdout
