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
    root: Path,
    stacks: Sequence[str],
    today: date,
    project: Project | None = None,
    *,
    without_gpu: bool = False,
    policy_config: Path | None = None,
) -> Iterator[Callable[[], Mapping[str, Judged]]]:
    """Starts judging stacks; yields a function that waits for the results.

    stacks: slowest first; project: if it is loaded already; policy_config: file of levels and settings other than the
    rules' own. Raises UserError if a process was killed.
    """
    if policy_config:
        from policy.engine.config import read_config

        config = read_config(policy_config)
    else:
        config = None
    # A fork need not import again, but could inherit locks held by Pulumi's threads.
    is_safe = sys.platform == "linux" and "pulumi" not in sys.modules
    judge = partial(judge_stack, root, today=today, config=config, without_gpu=without_gpu)
    if len(stacks) == 1 and not is_safe:
        # Starting a process takes longer.
        yield lambda: {stacks[0]: judge(stacks[0])}
        return
    workers = min(len(stacks), os.cpu_count() or 1)
    context = multiprocessing.get_context("fork" if is_safe else "spawn")
    with (
        cleaned_up(_kill_workers),
        ProcessPoolExecutor(workers, context, _prepare, (root, project if is_safe else None)) as pool,
    ):
        judged = pool.map(judge, stacks)
        yield lambda: dict(zip(stacks, _whole(judged), strict=True))


def _whole(judged: Iterable[Judged]) -> Iterator[Judged]:
    try:
        yield from judged
    except BrokenProcessPool:
        msg = "a process that judges a stack was killed; check the memory of this machine, and try again"
        raise UserError(msg) from None


def _kill_workers() -> None:
    for process in multiprocessing.active_children():
        process.kill()


def _prepare(root: Path, project: Project | None) -> None:
    # ^C reaches the parent too, which ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # Garbage collection slows short processes down.
    gc.disable()
    keep_project(root, project)


def _end_with_parent() -> None:
    """A worker would wait forever for a parent that was killed."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def judge_stack(
    root: Path, stack: str, *, today: date, config: PolicyConfig | None = None, without_gpu: bool = False
) -> Judged:
    """Runs and judges one stack; the result holds plain values, so that it can be pickled."""
    import pulumi

    from cli.preview.program import run_program, without_gpu_config
    from policy.engine.judge import judge

    try:
        run = run_program(root, stack, without_gpu_config(without_gpu=without_gpu))
    except pulumi.RunError as error:
        cause = error.__cause__
        return Judged(failed=cause.text() if isinstance(cause, ConfigurationError) else str(error))
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
