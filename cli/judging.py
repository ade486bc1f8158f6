"""Judges several stacks in parallel, each in its own process."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from fleet.load.project import keep_project
from fleet.source.faults import ConfigurationError


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
def judging(root: Path, stacks: Sequence[str], today: date) -> Iterator[Callable[[], Mapping[str, Judged]]]:
    """Starts judging stacks by the rules at their default levels; yields a function that waits for the results.

    stacks: slowest first.
    """
    workers = min(len(stacks), os.cpu_count() or 1)
    # A fork need not import again, but could inherit locks held by Pulumi's threads.
    is_safe = sys.platform == "linux" and "pulumi" not in sys.modules
    context = multiprocessing.get_context("fork" if is_safe else "spawn")
    with ProcessPoolExecutor(workers, context, _prepare, (root,)) as pool:
        judged = pool.map(judge_stack, [root] * len(stacks), stacks, [today] * len(stacks))
        yield lambda: dict(zip(stacks, judged, strict=True))


def _prepare(root: Path) -> None:
    # Garbage collection slows short processes down.
    gc.disable()
    keep_project(root)


def judge_stack(root: Path, stack: str, today: date) -> Judged:
    """Runs and judges one stack; the result holds plain values, so that it can be pickled."""
    import pulumi

    from cli.explain.places import place_of
    from cli.preview.program import run_program
    from policy.core.rule import Level
    from policy.engine.judge import Kind, judge

    try:
        run = run_program(root, stack)
    except pulumi.RunError as error:
        cause = error.__cause__
        return Judged(failed=cause.text() if isinstance(cause, ConfigurationError) else str(error))
    judgement = judge(run.resources, None, today)
    found = tuple(
        Found(v.id, v.name, v.level == Level.MANDATORY, v.resource, v.message, place_of(v, run), v.kind == Kind.WAIVED)
        for v in judgement.verdicts
    )
    return Judged(judgement.rules_run, judgement.rules_held, found)
