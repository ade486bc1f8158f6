"""`fleet capabilities`: which features each target supports."""

from __future__ import annotations

import json

import click

from cli.options import json_option
from cli.terminal import Exit, console


@click.command()
@json_option
def capabilities(as_json: bool) -> Exit:
    """Show which features each target supports, handles differently or lacks."""
    from fleet.targets.registry import capabilities as known

    if as_json:
        supported = {
            str(target): {
                feature.name.lower(): {"level": str(s.level), "how": s.how} for feature, s in supports.items()
            }
            for target, supports in known().items()
        }
        print(json.dumps(supported, indent=2))
        return Exit.GOOD
    from cli.view.capabilities_text import show_capabilities

    show_capabilities(console())
    return Exit.GOOD
