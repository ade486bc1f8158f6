"""Judges stacks in parallel, each in its own process."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cli.interrupts import cleaned_up
from fleet.errors import UserError
from fleet.load.project import Project, keep_project
from fleet.source.faults import ConfigurationError

if TYPE_CHECKING:
    from cli.preview.program import Run
    from fleet.plan.deployment import Deployment
    from policy.engine.config import PolicyConfig
    from policy.engine.judge import Verdict


@dataclass(frozen=True, slots=True)
class Found:
    """A finding about a resource, and the `file:line` of the deciding key."""

    rule: str
    name: str
    mandatory: bool
    resource: str
    message: str
    place: str | None
    waived: bool = False

    @property
    def standing(self) -> str:
        """`mandatory`, `advisory` or `waived`."""
        return "waived" if self.waived else "mandatory" if self.mandatory else "advisory"


@dataclass(frozen=True, slots=True)
class Judged:
    """Rules run on a stack, rules passed, and findings. failed: why the stack's program could not run."""

    rules_run: int = 0
    rules_held: int = 0
    found: tuple[Found, ...] = ()
    failed: str | None = None

    @property
    def violated(self) -> bool:
        return any(found.mandatory for found in self.found)


@contextmanager
def judging(
    root: Path, stacks: Sequence[str], today: date, policy_config: Path | None = None
) -> Iterator[Callable[[], Mapping[str, Judged]]]:
    """Starts judging stacks by running the project's program; yields a function that waits for the results.

    stacks: slowest first; policy_config: file of levels and settings other than the rules' own. Raises UserError if a
    process was killed.
    """
    judge = partial(judge_stack, root, today=today, config=_config(policy_config))
    workers = min(len(stacks), os.cpu_count() or 1)
    context = multiprocessing.get_context("fork" if _can_fork() else "spawn")
    with (
        cleaned_up(_kill_workers),
        ProcessPoolExecutor(workers, context, _prepare, (partial(keep_project, root),)) as pool,
    ):
        judged = pool.map(judge, stacks)
        yield lambda: dict(zip(stacks, _whole(judged), strict=True))


@contextmanager
def judging_deployment(
    project: Project, deployment: Deployment, today: date, policy_config: Path | None
) -> Iterator[Callable[[], Judged]]:
    """Starts judging a deployment without the project's program; yields a function that waits for the result."""
    config = _config(policy_config)
    if not _can_fork():
        # Starting a process takes longer.
        yield lambda: judge_deployment(project, deployment, today, config)
        return
    hold = partial(_held.append, (project, deployment))
    with (
        cleaned_up(_kill_workers),
        ProcessPoolExecutor(1, multiprocessing.get_context("fork"), _prepare, (hold,)) as pool,
    ):
        judged = pool.map(_judge_held, [today], [config])
        yield lambda: next(_whole(judged))


_held: list[tuple[Project, Deployment]] = []
"""What a worker was forked with, since it cannot be sent."""


def _judge_held(today: date, config: PolicyConfig | None) -> Judged:
    return judge_deployment(*_held[-1], today, config)


def _can_fork() -> bool:
    """A fork need not import again, but could inherit locks held by Pulumi's threads."""
    return sys.platform == "linux" and "pulumi" not in sys.modules


def _config(file: Path | None) -> PolicyConfig | None:
    if file is None:
        return None
    from policy.engine.config import read_config

    return read_config(file)


def _whole(judged: Iterable[Judged]) -> Iterator[Judged]:
    try:
        yield from judged
    except BrokenProcessPool:
        msg = "a process that judges a stack was killed; check the memory of this machine, and try again"
        raise UserError(msg) from None


def _kill_workers() -> None:
    for process in multiprocessing.active_children():
        process.kill()


def _prepare(first: Callable[[], object]) -> None:
    # ^C reaches the parent too, which ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # Garbage collection slows short processes down.
    gc.disable()
    first()


def _end_with_parent() -> None:
    """A worker would wait forever for a parent that was killed."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def judge_stack(root: Path, stack: str, *, today: date, config: PolicyConfig | None = None) -> Judged:
    """Runs and judges one stack; the result holds plain values, so that it can be pickled."""
    import pulumi

    from cli.preview.program import run_program

    try:
        return _judged(run_program(root, stack), today, config)
    except pulumi.RunError as error:
        cause = error.__cause__
        return Judged(failed=cause.text() if isinstance(cause, ConfigurationError) else str(error))


def judge_deployment(project: Project, deployment: Deployment, today: date, config: PolicyConfig | None) -> Judged:
    """Judges what a deployment registers."""
    from cli.preview.program import run_deployment
    from fleet.charge import charged

    return _judged(run_deployment(project, charged(deployment, project.fleet)), today, config)


def _judged(run: Run, today: date, config: PolicyConfig | None) -> Judged:
    from policy.engine.judge import judge

    judgement = judge(run.resources, config, today)
    found = tuple(found_of(verdict, run) for verdict in judgement.verdicts)
    return Judged(judgement.rules_run, judgement.rules_held, found)


def found_of(verdict: Verdict, run: Run) -> Found:
    """A verdict as plain values, with its place."""
    from cli.explain.places import place_of
    from policy.core.rule import Level
    from policy.engine.judge import Kind

    mandatory, waived = verdict.level == Level.MANDATORY, verdict.kind == Kind.WAIVED
    place = place_of(verdict, run)
    return Found(verdict.id, verdict.name, mandatory, verdict.resource, verdict.message, place, waived)
