"""`fleet up`: deploy a stack from a bare checkout."""

from __future__ import annotations

import click

from cli.options import stack_argument
from cli.terminal import Exit


@click.command()
@stack_argument
def up(stack: str) -> Exit:
    """Deploy a stack with Pulumi and the policy pack, installing Pulumi if it is missing."""
    from cli.deploy.deploy import deploy

    return deploy(stack)
