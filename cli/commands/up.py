"""`fleet up`: deploys a stack with Pulumi, from nothing but this checkout."""

from __future__ import annotations

import click

from cli.options import stack_argument
from cli.terminal import Exit


@click.command()
@stack_argument
def up(stack: str) -> Exit:
    """Deploy a stack with Pulumi, judged by the policies; nothing but this checkout is needed."""
    from cli.deploying import deploy

    return deploy(stack)
