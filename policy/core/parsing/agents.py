"""The agents of a container: what one environment variable configures the agent host to run."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from fleet.frozen import dataclass
from policy.views.container import ContainerView
from policy.views.scalars import as_text

AGENTS = "FLEET_AGENTS"
"""JSON: name of an agent -> its settings, `command` among them."""

_Pairs = tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Agents:
    """The agents of a container."""

    commands: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Name -> its command."""
    twice: tuple[str, ...] = ()
    """Names that appear more than once: only the last of each runs."""
    readable: bool = True


def agents_of(container: ContainerView) -> Agents | None:
    """The agents in a container's environment; None if it has none, or none that is known yet."""
    text = next((value for name, value in reversed(container.env) if name == AGENTS), None)
    if text is None or (not text and "env" in container.unknown):
        return None
    try:
        found = json.loads(text, object_pairs_hook=tuple)
    except (ValueError, RecursionError):
        return Agents(readable=False)
    if not isinstance(found, tuple):
        return Agents(readable=False)
    times = Counter(name for name, _ in found)
    commands = {name: _command(settings) for name, settings in found}
    return Agents(commands, tuple(name for name, count in times.items() if count > 1))


def _command(settings: object) -> tuple[str, ...]:
    """Objects were read as tuples of pairs, lists as lists."""
    pairs: _Pairs = settings if isinstance(settings, tuple) else ()
    words = next((value for name, value in pairs if name == "command"), None)
    if isinstance(words, str):
        return (words,)
    return tuple(text for word in words if (text := as_text(word)) is not None) if isinstance(words, list) else ()
