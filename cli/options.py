"""Arguments and options shared by several commands."""

from __future__ import annotations

from pathlib import Path

import click

from cli import completing

stack_argument = click.argument(
    "stack", help="Stack name: the part between Pulumi. and .yaml", shell_complete=completing.stacks
)
optional_stack_argument = click.argument(
    "stack", required=False, help="Stack name (default: every stack)", shell_complete=completing.stacks
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON")
without_gpu_option = click.option("--without-gpu", is_flag=True, help="Request no GPU")
policy_config_option = click.option(
    "--policy-config", type=click.Path(path_type=Path), help="Policy levels and settings, as for --policy-pack-config"
)
allow_violations_option = click.option(
    "--allow-violations", is_flag=True, help="Exit with 0 despite violated mandatory policies, which are still shown"
)
