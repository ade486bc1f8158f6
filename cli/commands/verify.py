"""`fleet verify`: whether the running containers match the plan and work."""

from __future__ import annotations

import sys
import time

import click

from cli.options import json_option, stack_argument, without_gpu_option
from cli.terminal import Exit, console


@click.command()
@stack_argument
@json_option
@without_gpu_option
@click.option(
    "--retries",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    help="Retries, 3 s apart, for containers that are not healthy yet",
)
def verify(stack: str, as_json: bool, without_gpu: bool, retries: int) -> Exit:
    """Compare a stack's running containers with its plan; read-only. Exit code 4 if a check fails."""
    from cli.diagnostics.check import Status, worst
    from cli.diagnostics.connection import connected
    from cli.diagnostics.docker_stack import docker_stack
    from cli.verify.checks import verify_checks
    from cli.verify.gather import gather
    from cli.verify.peers import planned_peers

    started = time.perf_counter()
    fleet, deployment = docker_stack(stack, without_gpu=without_gpu)
    peers = planned_peers(fleet, deployment)
    with connected(deployment) as client:
        facts = gather(client, deployment, peers, retries, lambda line: print(line, file=sys.stderr))
    checks = verify_checks(deployment, peers, facts)
    if as_json:
        from cli.view.checks_json import checks_json

        print(checks_json(stack, checks))
    else:
        from cli.view.checks_text import show_checks

        names = [container.name for container in deployment.containers]
        title = f"{len(facts.containers)} of {len(names)} containers on {deployment.machine.connection}"
        show_checks(console(), stack, f"{title}, {time.perf_counter() - started:.1f} s", checks, names)
    return Exit.UNHEALTHY if worst(checks) is Status.WRONG else Exit.GOOD
