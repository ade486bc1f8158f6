"""Several stacks judged at once: a process each, since the program of one takes a second and the next need not wait."""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from fleet.source.faults import ConfigurationError


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule says of a resource, and the `file:line` that decides it."""

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
    """How many rules judged a stack, how many of them hold, and what the others say.

    failed: why the program of the stack could not be run, and nothing was judged.
    """

    rules_run: int = 0
    rules_held: int = 0
    found: tuple[Found, ...] = ()
    failed: str | None = None

    @property
    def violated(self) -> bool:
        """Whether a mandatory rule is violated."""
        return any(found.mandatory for found in self.found)


@contextmanager
def judging(root: Path, stacks: Sequence[str], today: date) -> Iterator[Callable[[], Mapping[str, Judged]]]:
    """Begins to run the program of each stack and to judge it by the rules at their own levels.

    Gives what waits for the results, so that the caller can work meanwhile. stacks: those that take longest first.
    """
    workers = min(len(stacks), os.cpu_count() or 1)
    # Spawned: a forked process could inherit locks of Pulumi's threads.
    # Its processes end with it: looking for cycles costs them more than the memory these hold.
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=gc.disable) as pool:
        judged = pool.map(judge_stack, [root] * len(stacks), stacks, [today] * len(stacks))
        yield lambda: dict(zip(stacks, judged, strict=True))


def judge_stack(root: Path, stack: str, today: date) -> Judged:
    """Runs and judges one stack; what Pulumi makes of a run stays in here, as plain values come out."""
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
