"""A difference as JSON, with stable keys; memory in MiB, durations in seconds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from cli.diff.model import StackDiff
from cli.diff.restarts import HOW


def diff_json(diffs: Sequence[StackDiff], base: str) -> str:
    """`base`, `restarts_estimated` (how), and `stacks`: the fields of `cli.diff.model.StackDiff`."""
    return json.dumps({"base": base, "restarts_estimated": HOW, "stacks": [_stack(diff) for diff in diffs]}, indent=2)


def _stack(diff: StackDiff) -> dict[str, Any]:
    restarts = [{**asdict(restart), "down_s": restart.down_s} for restart in diff.restarts]
    return {**asdict(diff), "empty": diff.is_empty, "restarts": restarts, "restart_s": diff.restart_s}
