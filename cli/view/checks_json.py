"""Checks as one JSON object. Its keys are stable."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cli.diagnostics.check import Check, counts


def checks_json(stack: str, checks: Sequence[Check]) -> str:
    """`stack`; `checks`: `subject`, `check`, `status`, `figure`, `mend` of each; `summary`: status -> number."""
    rows = [
        {"subject": one.subject, "check": one.check, "status": one.status, "figure": one.figure, "mend": one.fix}
        for one in checks
    ]
    return json.dumps({"stack": stack, "checks": rows, "summary": counts(checks)}, indent=2)
