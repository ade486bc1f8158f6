"""Deploys and removes a stack from a bare checkout."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from cli.deploy.build_output import failed_builds
from cli.deploy.kept_data import Kept, ensure_nothing_kept_is_removed, kept_in, kept_text
from cli.interrupts import left_to
from cli.judging import Judged, judge_deployment
from cli.pulumi_cli import environment_of, installed
from cli.terminal import Exit, UserError, project_root
from cli.view.findings_text import show_violations
from fleet.load.project import load_project
from fleet.plan.deployment import Deployment
from fleet.plan.planner import plan_stack
from fleet.targets.registry import profile


def deploy(stack: str) -> Exit:
    """Deploys a stack. Exit.BUG if Pulumi fails; Exit.POLICY_VIOLATED, before it runs, for a mandatory policy."""
    engine = _Engine(stack)
    if (judged := engine.judged()).violated:
        show_violations(stack, judged, "nothing deployed")
        return Exit.POLICY_VIOLATED
    has_daemon = profile(engine.deployment.machine.target).has_daemon
    if has_daemon:
        _ensure_daemon_answers(engine.deployment)
    engine.select()
    ensure_nothing_kept_is_removed(engine.kept(), engine.deployment)
    # Refreshed first: otherwise what was stopped, removed or changed by hand is taken for the deployed state. On its
    # own, since the policies of `up --refresh` judge what the update removes too, as if it stayed.
    outcome, failed = engine.run("refresh", "--skip-preview"), list[str]()
    if outcome is Exit.GOOD:
        with TemporaryDirectory() as folder:
            events = Path(folder) / "events"
            outcome = engine.run("up", "--policy-pack", "policy", "--event-log", str(events))
            failed = failed_builds(events) if outcome is not Exit.GOOD else []
    if outcome is not Exit.GOOD and has_daemon:
        hint = f"`fleet doctor {stack}` lists what the machine lacks, with the commands that fix it"
        print("\n".join(failed or [hint]), file=sys.stderr)
    return outcome


def remove(stack: str) -> Exit:
    """Removes a stack's containers, and lists the data it keeps. Exit.BUG if Pulumi fails."""
    engine = _Engine(stack)
    engine.select()
    outcome = engine.run("destroy", "--exclude-protected")
    if outcome is Exit.GOOD and (text := kept_text(engine.kept(), engine.deployment)):
        print(text)
    return outcome


class _Engine:
    """Pulumi, run for one stack of the project."""

    def __init__(self, stack: str) -> None:
        self._root = project_root()
        self._stack = stack
        self._project = load_project(self._root)
        self.deployment = plan_stack(self._project.fleet, stack)
        self._program = installed(self._root, stack)
        # The engine has --event-log only with this variable, as its own automation does.
        own = environment_of(self._root, sandbox=self.deployment.sandbox)
        self._environment = {**own, "PULUMI_DEBUG_COMMANDS": "true"}

    def judged(self) -> Judged:
        """What the policies say of the stack."""
        return judge_deployment(self._project, self.deployment, date.today(), None)

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


def _ensure_daemon_answers(deployment: Deployment) -> None:
    """Raises UserError before anything is created."""
    from docker.errors import DockerException

    from components.docker.daemon import daemon_client

    connection = deployment.machine.connection
    try:
        with daemon_client(connection) as client:
            client.ping()
    except DockerException as error:
        msg = (
            f"no Docker daemon answers at {connection} ({type(error).__name__}); start it, or correct "
            f"machine.connection in Pulumi.{deployment.stack}.yaml"
        )
        raise UserError(msg) from None
