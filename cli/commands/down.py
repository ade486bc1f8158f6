"""`fleet down`: remove a stack's containers."""

from __future__ import annotations

import click

from cli.options import stack_argument
from cli.terminal import Exit


@click.command()
@stack_argument
def down(stack: str) -> Exit:
    """Remove a stack's containers, keeping its data volumes."""
    from cli.deploy.deploy import remove

    return remove(stack)
