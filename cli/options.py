"""Arguments and options that several commands share."""

from __future__ import annotations

import click

from cli import completing

stack_argument = click.argument(
    "stack", help="Name of a stack: the part between Pulumi. and .yaml", shell_complete=completing.stacks
)
optional_stack_argument = click.argument(
    "stack", required=False, help="Only this stack", shell_complete=completing.stacks
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object")
without_gpu_option = click.option("--without-gpu", is_flag=True, help="As on a machine without GPUs: none is asked for")
