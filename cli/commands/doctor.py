"""`fleet doctor`: whether a machine meets the requirements of its stack."""

from __future__ import annotations

import time
from dataclasses import replace

import click

from cli.options import json_option, stack_argument
from cli.terminal import Exit, console, project_root


@click.command()
@stack_argument
@json_option
def doctor(stack: str, as_json: bool) -> Exit:
    """Check that a machine meets the requirements of its stack; read-only. Exit code 4 if a deployment would fail."""
    from cli.diagnostics.check import Status, worst
    from cli.diagnostics.connection import connected
    from cli.diagnostics.docker_stack import docker_stack
    from cli.doctor.checks import doctor_checks
    from cli.doctor.read_config import read_config
    from cli.doctor.read_daemon import read_machine
    from cli.doctor.read_state import read_state

    started = time.perf_counter()
    _, deployment = docker_stack(stack)
    with connected(deployment) as client:
        root = project_root()
        read = read_machine(client, deployment)
        facts = replace(read, state=read_state(root, deployment), config=read_config(root, stack))
    checks = doctor_checks(deployment, facts)
    if as_json:
        from cli.view.checks_json import checks_json

        print(checks_json(stack, checks))
    else:
        from cli.view.checks_text import show_checks

        title = f"{deployment.machine.title} on {deployment.machine.connection}"
        show_checks(console(), stack, f"{title}, {time.perf_counter() - started:.1f} s", checks)
    return Exit.UNHEALTHY if worst(checks) is Status.WRONG else Exit.GOOD
