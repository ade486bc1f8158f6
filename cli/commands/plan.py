"""`fleet plan`: run the Pulumi program and the policy rules offline, in this process."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from cli.options import json_option, policy_config_option, stack_argument, without_gpu_option
from cli.terminal import Exit, console, project_root


@click.command()
@stack_argument
@json_option
@without_gpu_option
@click.option("--no-policy", is_flag=True, help="Skip the policies")
@policy_config_option
def plan(stack: str, as_json: bool, without_gpu: bool, no_policy: bool, policy_config: Path | None) -> Exit:
    """Preview a stack offline: its resources, the capacity they use and the policy results."""
    started = time.perf_counter()
    from datetime import date

    from cli.preview.input_types import refusals
    from cli.preview.program import run_offline
    from cli.waivers import ensure_waivers_name_rules
    from policy.core.rule import Level
    from policy.engine.config import read_config
    from policy.engine.judge import judge

    config = read_config(policy_config) if policy_config else None
    run = run_offline(project_root(), stack, {"fleet:without_gpu": "true"} if without_gpu else {})
    ensure_waivers_name_rules(run.project)
    refused = refusals(run.resources)
    judgement = None if no_policy else judge(run.resources, config, date.today())
    if as_json:
        from cli.view.plan_json import plan_json

        print(plan_json(run, judgement))
    else:
        from cli.view.plan_text import show_plan

        show_plan(console(), run, judgement, time.perf_counter() - started)
    if refused:
        print("internal error: the Pulumi engine would reject this program:", *refused, sep="\n  ", file=sys.stderr)
        return Exit.BUG
    violated = judgement is not None and any(verdict.level == Level.MANDATORY for verdict in judgement.verdicts)
    return Exit.POLICY_VIOLATED if violated else Exit.GOOD
