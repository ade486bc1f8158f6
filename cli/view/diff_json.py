"""A difference as one JSON object, for programs. Keys are stable; memory in MiB, durations in seconds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from cli.diff.model import StackDiff
from cli.diff.restarts import HOW


def diff_json(diffs: Sequence[StackDiff], base: str) -> str:
    """`base`, `restarts_estimated` (how), and for each of `stacks` what `cli.diff.model.StackDiff` holds."""
    data = {"base": base, "restarts_estimated": HOW, "stacks": [_stack(diff) for diff in diffs]}
    return json.dumps(data, indent=2)


def _stack(diff: StackDiff) -> dict[str, Any]:
    restarts = [{**asdict(restart), "down_s": restart.down_s} for restart in diff.restarts]
    return {**asdict(diff), "empty": diff.is_empty, "restarts": restarts, "restart_s": diff.restart_s}
