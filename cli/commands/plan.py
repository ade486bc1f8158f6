"""`fleet plan`: the project's very program, run in process, and the pack's very rules on what it registered."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pulumi

from cli.preview.input_types import refusals
from cli.preview.program import Run, run_program
from cli.terminal import Exit, UserError, console, project_root
from cli.waivers import ensure_waivers_name_rules
from fleet.source.faults import ConfigurationError
from policy.core.rule import Level
from policy.engine.config import read_config
from policy.engine.judge import Judgement, judge


def plan(stack: str, *, as_json: bool, judged: bool, without_gpu: bool, policy_config: Path | None) -> Exit:
    """Runs, checks, judges and shows one stack."""
    started = time.perf_counter()
    config = read_config(policy_config) if policy_config else None
    run = run_offline(project_root(), stack, {"fleet:without_gpu": "true"} if without_gpu else {})
    ensure_waivers_name_rules(run.project)
    refused = refusals(run.resources)
    judgement = judge(run.resources, config, date.today()) if judged else None
    if as_json:
        from cli.view.plan_json import plan_json

        print(plan_json(run, judgement))
    else:
        from cli.view.plan_text import show_plan

        show_plan(console(), run, judgement, time.perf_counter() - started)
    if refused:
        print("the engine would refuse this program, so it has a bug:", *refused, sep="\n  ", file=sys.stderr)
        return Exit.BUG
    return Exit.POLICY_VIOLATED if judgement and _is_violated(judgement) else Exit.GOOD


def run_offline(root: Path, stack: str, config: Mapping[str, str]) -> Run:
    """Runs the program of a project; bad input keeps our own form: ConfigurationError, or UserError."""
    try:
        return run_program(root, stack, config)
    except pulumi.RunError as error:
        if isinstance(error.__cause__, ConfigurationError):
            # The program wraps our own errors for the engine; here they keep their form.
            raise error.__cause__ from None
        raise UserError(str(error)) from None


def _is_violated(judgement: Judgement) -> bool:
    return any(verdict.level == Level.MANDATORY for verdict in judgement.verdicts)
