"""`fleet capabilities`: what each target makes of each feature, from the map that plans are judged by."""

from __future__ import annotations

import json
from collections.abc import Mapping

from cli.terminal import Exit, console
from fleet.targets.features import Feature, Support
from fleet.targets.registry import capabilities as known


def capabilities(*, as_json: bool) -> Exit:
    """Prints the map as a table, or as one JSON object: target -> feature -> level and how."""
    if as_json:
        print(json.dumps({str(target): _as_data(found) for target, found in known().items()}, indent=2))
        return Exit.GOOD
    from cli.view.capabilities_text import show_capabilities

    show_capabilities(console())
    return Exit.GOOD


def _as_data(supported: Mapping[Feature, Support]) -> dict[str, dict[str, str]]:
    return {feature.name.lower(): {"level": str(s.level), "how": s.how} for feature, s in supported.items()}
